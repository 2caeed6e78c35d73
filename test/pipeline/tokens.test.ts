import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { isTokenText } from '../../src/mask/token/token-text.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { TokenStore } from '../../src/model/seams.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { MemoryTokens } from '../../src/store/memory/tokens.ts';
import { answer, asked, failure, leaving, request, TestGate, told } from '../support/gate.ts';
import { ana, type RuleText } from '../support/policies.ts';

const MAIL = 'bob.jones@example.com';
const bob: Identity = { ...ana, sub: 'bob' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const hide: RuleText = {
  id: 'hide',
  mask: [{ find: ['email'], with: 'token' }],
};
const readPeople: RuleText = { id: 'people', on: { tools: ['get_person'] }, then: 'allow' };
const send = (more: object = {}): RuleText => ({
  id: 'send',
  on: { tools: ['send'] },
  then: 'allow',
  reveal: ['email'],
  ...more,
});

let now: number;
let tokens: TokenStore;
beforeEach(() => {
  now = 1_000_000;
  tokens = new MemoryTokens({ clock: () => now, max: 1_000, maxOfOwner: 1_000 });
});

const gateOf = (...rules: readonly RuleText[]) =>
  new TestGate([hide, readPeople, ...rules], { tokens, clock: () => now });
const call = (name: string, args: JsonObject, id = 1) =>
  request('tools/call', { name, arguments: args }, id);
const text = (value: string) => answer({ content: [{ type: 'text', text: value }] });

/** Lets a person's mail address come down, and gives the token that the model sees. */
async function tokenFrom(gate: TestGate, identity = ana): Promise<string> {
  const asking = call('get_person', {});
  const exchange = gate.exchange(asking, { identity, upstream: 'people' });
  await gate.gate.pass(asking, exchange);
  const verdict = await gate.gate.pass(text(MAIL), exchange);
  const { result } = leaving(verdict) as { result: { content: { text: string }[] } };
  const token = result.content[0]?.text ?? '';
  expect(isTokenText(token)).toBe(true);
  return token;
}

/** What a call brings to the upstream `mail`, and what comes back of each answer. */
async function calling(
  gate: TestGate,
  args: JsonObject,
  { identity = ana, down = [] as Parameters<TestGate['pass']>[0][] } = {},
) {
  const asking = call('send', args);
  const exchange = gate.exchange(asking, { identity, upstream: 'mail' });
  const up = await gate.gate.pass(asking, exchange);
  const back: Verdict[] = [];
  for (const frame of down) back.push(await gate.gate.pass(frame, exchange));
  return { up, sent: argsOf(up), back, exchange };
}

function argsOf(verdict: Verdict): Json | undefined {
  const message = leaving(verdict) as { params?: { arguments?: Json } } | undefined;
  return message?.params?.arguments;
}

function tokenNotes(gate: TestGate): Json[] {
  const events = gate.store.eventsAfter(0, 10_000);
  return events.flatMap(({ kind, detail }) => {
    return kind === 'masked' && detail?.tokens !== undefined ? [detail.tokens] : [];
  });
}

describe('a token that the model sends', () => {
  it('reaches an upstream whose rule reveals it as what it stands for', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    const { sent } = await calling(gate, { to: token, body: `for ${token}` });
    expect(sent).toEqual({ to: MAIL, body: `for ${MAIL}` });
  });

  it('stands in the transcript, and what it stands for nowhere', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    await calling(gate, { to: token }, { down: [text(`sent to ${MAIL}`)] });
    expect(gate.transcript()).not.toContain('bob.jones');
    expect(gate.transcript()).toContain(token);
    expect(tokenNotes(gate)).toEqual([{ revealed: [token] }]);
    expect(gate.logged).toEqual([]);
  });

  it.each<[string, RuleText]>([
    ['reveals nothing', { id: 'send', on: { tools: ['send'] }, then: 'allow' }],
    ['reveals others', send({ reveal: ['payment-card'] })],
    ['reveals another scope', send({ reveal: { find: ['email'], scope: 'crm' } })],
    ['reveals another argument', send({ reveal: { find: ['email'], path: 'args.cc' } })],
    ['is a shadow rule', send({ id: 'shadow', mode: 'shadow' })],
  ])('stays where the rule %s', async (_, rule) => {
    const gate = gateOf(rule, { id: 'all', on: { tools: ['send'] }, then: 'allow' });
    const token = await tokenFrom(gate);
    const { sent } = await calling(gate, { to: token });
    expect(sent).toEqual({ to: token });
  });

  it('stays where the rule that reveals it cannot be judged', async () => {
    const allow: RuleText = { id: 'all', on: { tools: ['send'] }, then: 'allow' };
    const gate = gateOf(allow, {
      id: 'more',
      on: { tools: ['send'] },
      when: { 'args.limit': { lte: 5 } },
      reveal: ['email'],
    });
    const token = await tokenFrom(gate);
    expect((await calling(gate, { to: token, limit: 'no number' })).sent).toMatchObject({
      to: token,
    });
    expect((await calling(gate, { to: token, limit: 3 })).sent).toMatchObject({ to: MAIL });
  });

  it('is put back by a rule without "then", and only where its path leads', async () => {
    const allow: RuleText = { id: 'all', on: { tools: ['send'] }, then: 'allow' };
    const more = { id: 'more', reveal: { find: ['email'], path: 'args.to' } };
    const gate = gateOf(allow, more);
    const token = await tokenFrom(gate);
    const { sent } = await calling(gate, { to: token, body: token });
    expect(sent).toEqual({ to: MAIL, body: token });
    expect(tokenNotes(gate)).toEqual([{ revealed: [token] }]);
  });
});

describe('a token that is not the caller’s to use', () => {
  it('of another caller passes as text, and is recorded as unknown', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    const { sent } = await calling(gate, { to: token }, { identity: bob });
    expect(sent).toEqual({ to: token });
    expect(tokenNotes(gate)).toEqual([{ revealed: [], unknown: [token] }]);
  });

  it('is another one for each caller', async () => {
    const gate = gateOf(send());
    expect(await tokenFrom(gate)).not.toBe(await tokenFrom(gate, bob));
  });

  it('of another issuer’s caller of the same name passes as text', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    const identity = { ...ana, issuer: 'https://other.test' };
    expect((await calling(gate, { to: token }, { identity })).sent).toEqual({ to: token });
  });

  it('has expired a day after it was last given out, and is recorded as that', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    now += DAY - 1;
    expect((await calling(gate, { to: token })).sent).toEqual({ to: MAIL });
    now += DAY;
    expect((await calling(gate, { to: token })).sent).toEqual({ to: token });
    expect(tokenNotes(gate).at(-1)).toEqual({ revealed: [], expired: [token] });
  });

  it('lives on as it is given out again', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    for (let i = 0; i < 5; i++) {
      now += DAY - HOUR;
      expect(await tokenFrom(gate)).toBe(token);
    }
    now += DAY - 1;
    expect((await calling(gate, { to: token })).sent).toEqual({ to: MAIL });
  });

  it.each([
    ['changed', (token: string) => token.replace(/.$/, (one) => (one === '0' ? '1' : '0'))],
    ['called otherwise', (token: string) => token.replace('email', 'iban')],
    ['made up', () => 'email:0123456789abcdef'],
  ])('that was %s passes as text, and is recorded', async (_, change) => {
    const gate = gateOf(send());
    const odd = change(await tokenFrom(gate));
    expect((await calling(gate, { to: odd })).sent).toEqual({ to: odd });
    expect(tokenNotes(gate)).toEqual([{ revealed: [], unknown: [odd] }]);
  });

  it('is one of more than 256: those beyond stay', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    const odd = Array.from({ length: 256 }, (_, i) => {
      return `email:${i.toString(16).padStart(16, '0')}`;
    });
    const { sent } = await calling(gate, { to: [...odd, token] });
    expect(sent).toEqual({ to: [...odd, token] });
    expect(tokenNotes(gate)).toMatchObject([{ revealed: [], 'too many': [token] }]);
  });
});

describe('rules', () => {
  it('judge what is sent, not its token', async () => {
    const rule = send({ when: { 'args.to': { ends_with: '@example.com' } } });
    const gate = gateOf(rule);
    const token = await tokenFrom(gate);
    expect((await calling(gate, { to: token })).sent).toEqual({ to: MAIL });
  });

  it('block what it stands for', async () => {
    const stays: RuleText = {
      id: 'stays-inside',
      on: { tools: ['send'] },
      when: { 'args.to': { ends_with: '@example.com' } },
      then: 'block',
    };
    const gate = gateOf(send(), stays);
    const token = await tokenFrom(gate);
    const { up } = await calling(gate, { to: token });
    expect(up).toMatchObject({ kind: 'answer' });
    expect(JSON.stringify(up)).toContain('stays-inside');
    expect(JSON.stringify(up) + gate.transcript()).not.toContain('bob.jones');
  });

  it('that hold only for what is not put back don’t put back the rest', async () => {
    const other = 'carl@example.org';
    const gate = gateOf(
      { id: 'all', on: { tools: ['send'] }, then: 'allow' },
      {
        id: 'by-cc',
        on: { tools: ['send'] },
        when: { 'args.cc': { eq: MAIL } },
        reveal: { find: ['email'], path: 'args.to' },
      },
    );
    const token = await tokenFrom(gate);
    const { sent } = await calling(gate, { to: token, cc: token, other });
    // The rule saw the address in `cc`, which stays a token: so the rule doesn't hold for what is sent.
    expect(sent).toEqual({ to: token, cc: token, other });
  });

  it('count a call once, however often it was judged', async () => {
    const gate = gateOf(
      send({ reveal: { find: ['email'], path: 'args.to' }, limit: { calls: 2, per: '1h' } }),
    );
    const token = await tokenFrom(gate);
    for (const kind of ['forward', 'forward', 'answer']) {
      expect((await calling(gate, { to: token, body: token })).up.kind).toBe(kind);
    }
    expect(gate.gate.ruleCounts.counts().get('send')).toMatchObject({ matched: 3 });
  });

  it('that look at the result see the arguments that were sent', async () => {
    const odd: RuleText = {
      id: 'odd',
      on: { tools: ['send'] },
      when: { all: [{ 'args.to': { eq: MAIL } }, { 'result.isError': { eq: true } }] },
      then: 'block',
    };
    const gate = gateOf(send(), odd);
    const token = await tokenFrom(gate);
    const down = [answer({ isError: true, content: [] })];
    const { back } = await calling(gate, { to: token }, { down });
    expect(back[0]).toMatchObject({ kind: 'answer' });
  });
});

describe('masks of arguments', () => {
  it('beat reveals: what they would hide stays a token', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    const strict = new TestGate(
      [readPeople, send({ mask: [{ find: ['email'], with: 'redact', in: ['args'] }] })],
      { tokens, clock: () => now },
    );
    const { sent } = await calling(strict, { to: token, body: `x ${token}`, n: 1 });
    expect(sent).toEqual({ to: token, body: `x ${token}`, n: 1 });
    expect(tokenNotes(strict)).toEqual([{ revealed: [], 'not granted': [token] }]);
  });

  it('leave alone what stands beside a token that is put back', async () => {
    const gate = gateOf(send());
    const token = await tokenFrom(gate);
    const strict = new TestGate(
      [readPeople, send({ mask: [{ find: ['payment-card'], with: 'redact', in: ['args'] }] })],
      { tokens, clock: () => now },
    );
    const { sent } = await calling(strict, { to: `${token} 4111 1111 1111 1111` });
    expect(sent).toEqual({ to: `${MAIL} [redacted:payment-card]` });
  });
});

describe('what comes back of the call', () => {
  it.each<[string, Parameters<TestGate['pass']>[0]]>([
    ['a text', text(`Sent to ${MAIL.toUpperCase()}.`)],
    ['structured content', answer({ content: [], structuredContent: { to: MAIL, [MAIL]: 1 } })],
    ['JSON in a text', text(JSON.stringify({ to: [MAIL] }))],
    ['a percent-encoded address', text(`https://x.test/?to=${encodeURIComponent(MAIL)}`)],
    ['base64', text(Buffer.from(`to: ${MAIL}\n`).toString('base64'))],
    ['an error', failure(`no such address ${MAIL}`, { to: MAIL })],
    ['progress', told('notifications/progress', { progressToken: 1, progress: 1, message: MAIL })],
    ['a log', told('notifications/message', { level: 'info', data: { to: MAIL } })],
  ])('has the token again in %s', async (_, frame) => {
    const noMasks = new TestGate([readPeople, send()], { tokens, clock: () => now });
    const token = await tokenFrom(gateOf());
    const { back, exchange } = await calling(noMasks, { to: token }, { down: [frame] });
    expect(JSON.stringify(back)).toContain(token);
    const all = JSON.stringify([back, noMasks.store.events(exchange.id)]).toLowerCase();
    expect(all).not.toContain('bob.jones');
    expect(all).not.toContain('bob.jones@example.com'.replace('@', '%40'));
    const decoded = [...all.matchAll(/[a-z0-9+/]{16,}/gi)].map(([one]) => {
      return Buffer.from(one, 'base64').toString();
    });
    expect(decoded.join()).not.toContain('bob.jones');
  });

  it('has it in the sealed original too: judged again, it is what was judged', async () => {
    const recorder = new MemoryStore({ originals: true });
    const gate = new TestGate([readPeople, send()], { tokens, recorder, clock: () => now });
    const token = await tokenFrom(gateOf());
    await calling(gate, { to: token }, { down: [text(`Sent to ${MAIL}.`)] });
    const steps = recorder.eventsAfter(0, 100);
    expect(steps.map(({ kind }) => kind)).toContain('answered');
    expect(JSON.stringify(steps)).not.toContain('bob.jones');
  });

  it('has it also where it was stopped', async () => {
    const stop: RuleText = {
      id: 'stop',
      on: { tools: ['send'] },
      when: { 'result.isError': { eq: true } },
      then: 'block',
    };
    const gate = new TestGate([readPeople, send(), stop], { tokens, clock: () => now });
    const token = await tokenFrom(gateOf());
    const down = [answer({ isError: true, content: [{ type: 'text', text: MAIL }] })];
    const { back } = await calling(gate, { to: token }, { down });
    expect(back[0]).toMatchObject({ kind: 'answer' });
    expect(gate.transcript()).not.toContain('bob.jones');
    expect(gate.transcript()).toContain(token);
  });

  it('has it as well in what the upstream says later, outside of the call', async () => {
    const gate = new TestGate([readPeople, send()], { tokens, clock: () => now });
    const token = await tokenFrom(gateOf());
    await calling(gate, { to: token }, { down: [text('ok')] });
    const later = told('notifications/message', { level: 'info', data: `queued ${MAIL}` });
    const [verdict] = [await gate.gate.pass(later, gate.exchange(later, { upstream: 'mail' }))];
    expect(JSON.stringify(leaving(verdict))).toContain(`queued ${token}`);
  });

  it('of another upstream or caller is left as it is', async () => {
    const gate = new TestGate([readPeople, send()], { tokens, clock: () => now });
    const token = await tokenFrom(gateOf());
    await calling(gate, { to: token });
    const later = told('notifications/message', { level: 'info', data: MAIL });
    for (const facts of [{ upstream: 'people' }, { upstream: 'mail', identity: bob }]) {
      const verdict = await gate.gate.pass(later, gate.exchange(later, facts));
      expect(JSON.stringify(leaving(verdict))).toContain(MAIL);
    }
  });

  it('has the very token again, not a token of it', async () => {
    const gate = new TestGate(
      [
        readPeople,
        send({
          mask: [
            { path: 'structuredContent.to', with: 'token' },
            { fields: ['cc'], with: 'token' },
          ],
        }),
      ],
      { tokens, clock: () => now },
    );
    const token = await tokenFrom(gateOf());
    const down = [answer({ content: [], structuredContent: { to: MAIL, cc: MAIL } })];
    const { back } = await calling(gate, { to: token }, { down });
    expect(leaving(back[0])).toMatchObject({
      result: { structuredContent: { to: token, cc: token } },
    });
  });

  it('keeps a number a number for the upstream, and a token for the model', async () => {
    const salary: RuleText = {
      id: 'salary',
      on: { tools: ['get_person'] },
      then: 'allow',
      mask: [{ path: 'structuredContent.salary', with: 'token' }],
    };
    const gate = new TestGate([salary, send({ reveal: ['salary'] })], { tokens, clock: () => now });
    const asking = call('get_person', {});
    const exchange = gate.exchange(asking, { upstream: 'people' });
    await gate.gate.pass(asking, exchange);
    const got = await gate.gate.pass(
      answer({ content: [], structuredContent: { salary: 420_017 } }),
      exchange,
    );
    const { result } = leaving(got) as { result: { structuredContent: { salary: string } } };
    const token = result.structuredContent.salary;
    expect(token).toMatch(/^salary:/);
    const down = [answer({ content: [], structuredContent: { doubled: [420_017, 1] } })];
    const { sent, back } = await calling(gate, { amount: token }, { down });
    expect(sent).toEqual({ amount: 420_017 });
    expect(leaving(back[0])).toMatchObject({
      result: { structuredContent: { doubled: [token, 1] } },
    });
  });
});

describe('prompts, completions and answers', () => {
  const all: RuleText = {
    id: 'all',
    on: { prompts: ['*'], methods: ['*'] },
    then: 'allow',
    reveal: ['email'],
  };
  const passed = async (gate: TestGate, frame: Parameters<TestGate['pass']>[0], facts = {}) => {
    const exchange = gate.exchange(frame, { upstream: 'mail', ...facts });
    return leaving(await gate.gate.pass(frame, exchange));
  };

  it('have tokens put back in the arguments of a prompt', async () => {
    const gate = gateOf(all);
    const token = await tokenFrom(gate);
    const frame = request('prompts/get', { name: 'greet', arguments: { who: token } });
    expect(await passed(gate, frame)).toMatchObject({ params: { arguments: { who: MAIL } } });
  });

  it('leave the URI of a resource alone', async () => {
    const gate = gateOf({ ...all, on: { resources: ['*'] } });
    const token = await tokenFrom(gate);
    const uri = `crm://${token}`;
    expect(await passed(gate, request('resources/read', { uri }))).toMatchObject({
      params: { uri },
    });
  });

  it('put back what a user’s answer to an elicitation has', async () => {
    const gate = gateOf(all);
    const token = await tokenFrom(gate);
    const frame = {
      ...answer({ action: 'accept', content: { to: token } }),
      direction: 'up' as const,
    };
    const sent = await passed(gate, frame, { method: 'elicitation/create' });
    expect(sent).toMatchObject({ result: { content: { to: MAIL } } });
  });

  it('put back what a model says to an upstream that samples', async () => {
    const gate = gateOf(all);
    const token = await tokenFrom(gate);
    const result = {
      role: 'assistant',
      model: 'm',
      content: { type: 'text', text: `to ${token}` },
    };
    const frame = { ...answer(result), direction: 'up' as const };
    const sent = await passed(gate, frame, { method: 'sampling/createMessage' });
    expect(sent).toMatchObject({ result: { content: { text: `to ${MAIL}` } } });
  });

  it('an upstream that asks in the midst of a call asks with the token', async () => {
    const gate = new TestGate([readPeople, send(), all], { tokens, clock: () => now });
    const token = await tokenFrom(gateOf());
    const down = [
      asked('elicitation/create', { message: `send to ${MAIL}?`, requestedSchema: {} }),
    ];
    const { back } = await calling(gate, { to: token }, { down });
    expect(leaving(back[0])).toMatchObject({ params: { message: `send to ${token}?` } });
  });
});

describe('a store of tokens', () => {
  const failing = (how: Partial<TokenStore>): TokenStore => ({
    save: (owner, entries) => tokens.save(owner, entries),
    find: (ids) => tokens.find(ids),
    clean: () => undefined,
    sealedWith: () => undefined,
    close: () => undefined,
    ...how,
  });
  const broken = () => Promise.reject(new Error('the disk is gone'));

  it('that can’t keep a token lets nothing out that has it', async () => {
    const gate = new TestGate([hide, readPeople], { tokens: failing({ save: broken }) });
    const verdicts = await gate.pass(call('get_person', {}), text(MAIL));
    expect(verdicts[1]).toMatchObject({ kind: 'answer', reason: 'tokens cannot be kept now' });
    expect(JSON.stringify(verdicts) + gate.transcript()).not.toContain('bob.jones');
    expect(gate.transcript()).toContain('TOKENS_UNAVAILABLE');
    expect(gate.logged.join()).toContain('TOKENS_UNAVAILABLE');
  });

  it('that is full refuses what needs more', async () => {
    const full = new MemoryTokens({ clock: () => now, max: 1, maxOfOwner: 1 });
    const gate = new TestGate([hide, readPeople], { tokens: full });
    const verdicts = await gate.pass(call('get_person', {}), text(`${MAIL} x@example.com`));
    expect(verdicts[1]).toMatchObject({ kind: 'answer' });
    expect(gate.transcript()).toContain('TOKENS_FULL');
    expect((await gate.pass(call('get_person', {}), text(MAIL)))[1]).toMatchObject({
      kind: 'forward',
    });
  });

  it('that can’t be asked lets no token up', async () => {
    const gate = new TestGate([readPeople, send()], { tokens: failing({ find: broken }) });
    const { up } = await calling(gate, { to: 'email:0123456789abcdef' });
    expect(up).toMatchObject({ kind: 'answer' });
    expect((await calling(gate, { to: 'no token' })).up.kind).toBe('forward');
  });

  it('is asked once for a message, and never where no rule reveals', async () => {
    let asks = 0;
    const counting = failing({
      find: (ids) => {
        asks++;
        return Promise.resolve(tokens.find(ids));
      },
    });
    const token = await tokenFrom(gateOf());
    const gate = new TestGate([readPeople, send()], { tokens: counting });
    expect(
      (await calling(gate, { a: token, b: [token, 'email:0123456789abcdef'] })).sent,
    ).toMatchObject({ a: MAIL });
    expect(asks).toBe(1);
    const without = new TestGate(
      [readPeople, { id: 'send', on: { tools: ['send'] }, then: 'allow' }],
      { tokens: counting },
    );
    await calling(without, { a: token });
    expect(asks).toBe(1);
  });

  it('is not written again for what it keeps for long enough', async () => {
    let saves = 0;
    const counting = failing({
      save: (owner, entries) => {
        saves += entries.length;
        return tokens.save(owner, entries);
      },
    });
    const gate = new TestGate([hide, readPeople], { tokens: counting, clock: () => now });
    for (let i = 0; i < 10; i++) await tokenFrom(gate);
    expect(saves).toBe(1);
    now += 2 * HOUR;
    await tokenFrom(gate);
    expect(saves).toBe(2);
  });

  it('has nothing in the clear', async () => {
    const kept: unknown[] = [];
    const gate = new TestGate([hide, readPeople], {
      tokens: failing({ save: (owner, entries) => void kept.push(owner, ...entries) }),
    });
    const token = await tokenFrom(gate);
    const bytes = JSON.stringify(kept, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(kept).toHaveLength(2);
    for (const secret of [MAIL, token, 'email', ana.sub]) expect(bytes).not.toContain(secret);
  });
});

describe('whatever is revealed', () => {
  it('is in no record and no answer', async () => {
    const name = fc.string({ unit: fc.constantFrom(...'abcxyz019'), minLength: 4, maxLength: 10 });
    const around = fc.string({ maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(name, around, around, fc.nat(5), async (local, before, after, form) => {
        const mail = `${local}@example.com`;
        const people = gateOf();
        const asking = call('get_person', {});
        const exchange = people.exchange(asking, { upstream: 'people' });
        await people.gate.pass(asking, exchange);
        const got = leaving(await people.gate.pass(text(mail), exchange)) as {
          result: { content: { text: string }[] };
        };
        const token = got.result.content[0]?.text ?? '';
        const written = [
          mail,
          JSON.stringify({ [mail]: mail }),
          encodeURIComponent(mail),
          Buffer.from(`${mail}, ${after}`).toString('base64'),
          mail.toUpperCase(),
          JSON.stringify(JSON.stringify([mail])),
        ][form] as string;
        const gate = new TestGate([readPeople, send()], { tokens, clock: () => now });
        const down = [
          told('notifications/message', { level: 'info', data: [written] }),
          answer({
            content: [{ type: 'text', text: form === 3 ? written : `${before}${written}${after}` }],
            structuredContent: { v: written, [written]: 1 },
          }),
        ];
        const args = {
          to: token,
          text: `${before} ${token} ${after}`,
          deep: [JSON.stringify({ token })],
        };
        const { sent, back } = await calling(gate, args, { down });
        expect(sent).toMatchObject({ to: mail });
        const left = `${JSON.stringify(back)}${gate.transcript()}${gate.logged}`.toLowerCase();
        const decoded = [...JSON.stringify(back).matchAll(/[A-Za-z0-9+/]{12,}/g)].map(([one]) =>
          Buffer.from(one, 'base64').toString('latin1'),
        );
        for (const one of [left, ...decoded]) {
          expect(one).not.toContain(`${local}@example`);
          expect(one).not.toContain(`${local}%40`);
        }
      }),
      { numRuns: 60 },
    );
  });
});
