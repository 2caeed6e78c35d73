import { beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/model/identity.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { TokenEntry, TokenStore } from '../../src/model/seams.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { MemoryTokens } from '../../src/store/memory/tokens.ts';
import { answer, leaving, request, TestGate, told } from '../support/gate.ts';
import { ana, type RuleText } from '../support/policies.ts';

// What a caller, or an upstream, could try so that a value goes where no rule lets it.

const MAIL = 'bob.jones@example.com';
const bob: Identity = { ...ana, sub: 'bob' };
const stateless: Partial<ExchangeInit> = {
  session: { name: '', client: {}, protocol: '2026-07-28' },
};
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {
    elicitation: { form: {} },
    extensions: { 'io.modelcontextprotocol/tasks': {} },
  },
};
const people: RuleText = {
  id: 'people',
  on: { tools: ['get_person'] },
  then: 'allow',
  mask: [{ find: ['email'], with: 'token' }],
};
const send = (more: object = {}): RuleText => ({
  ...{ id: 'send', on: { tools: ['send'] }, then: 'allow', reveal: ['email'] },
  ...more,
});

let now: number;
let tokens: TokenStore;
beforeEach(() => {
  now = 1_000_000;
  tokens = new MemoryTokens({ clock: () => now, max: 10_000, maxOfOwner: 1_000 });
});
const gateOf = (...rules: readonly RuleText[]) =>
  new TestGate([people, ...rules], { tokens, clock: () => now });

const call = (name: string, args: JsonObject, more: JsonObject = {}) =>
  request('tools/call', { name, arguments: args, _meta: meta, ...more });
const done = (text: string) =>
  answer({ resultType: 'complete', content: [{ type: 'text', text }] });

interface Message {
  readonly params?: { readonly arguments?: Json; readonly inputResponses?: Json };
  readonly result?: JsonObject;
  readonly error?: JsonObject;
}

/** What the last of some frames of one exchange comes to. */
async function last(
  gate: TestGate,
  frames: readonly [Frame, ...Frame[]],
  facts: Partial<ExchangeInit> = {},
): Promise<Message> {
  const exchange = gate.exchange(frames[0], { ...stateless, ...facts });
  let verdict: Verdict | undefined;
  for (const frame of frames) verdict = await gate.gate.pass(frame, exchange);
  return leaving(verdict) as Message;
}

/** The tokens of what a tool gives. */
async function tokensOf(gate: TestGate, text = MAIL, identity = ana): Promise<readonly string[]> {
  const { result } = await last(gate, [call('get_person', {}), done(text)], { identity });
  const [{ text: shown = '' } = {}] = (result?.content ?? []) as { text?: string }[];
  return shown.split(' ');
}
async function tokenOf(gate: TestGate): Promise<string> {
  const [token = ''] = await tokensOf(gate);
  expect(token).toMatch(/^email:/);
  return token;
}
const mails = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `user${from + i}@example.com`).join(' ');

describe('a caller who has a great many tokens', () => {
  it('gets no more of them, and takes no room from others', async () => {
    tokens = new MemoryTokens({ clock: () => now, max: 10_000, maxOfOwner: 10 });
    const gate = gateOf();
    await tokensOf(gate, mails(0, 10));
    const refused = await last(gate, [call('get_person', {}), done(mails(10, 11))]);
    expect(JSON.stringify(refused)).toContain('there is no room for more tokens');
    expect(gate.transcript()).toContain('TOKENS_FULL');
    expect(await tokensOf(gate, mails(10, 20), bob)).toHaveLength(10);
    now += 26 * 3_600_000;
    expect(await tokensOf(gate, mails(10, 20))).toHaveLength(10);
  });
});

describe('a message with one token many times', () => {
  it('does not grow without bound: past a million characters the token stays', async () => {
    const gate = gateOf(send());
    const long = `${'x'.repeat(60)}@example.com`;
    const [token = ''] = await tokensOf(gate, long);
    const few = await last(gate, [call('send', { to: `${token} `.repeat(1_000) })]);
    expect(few.params?.arguments).toEqual({ to: `${long} `.repeat(1_000) });
    const many = { to: `${token} `.repeat(20_000) };
    expect((await last(gate, [call('send', many)])).params?.arguments).toEqual(many);
    expect(gate.transcript()).toContain(`"too many":["${token}"]`);
  });
});

describe('a message with very many texts that look like tokens', () => {
  it('goes through, with the first of them that are known put back', async () => {
    const gate = gateOf(send());
    const token = await tokenOf(gate);
    const made = Array.from({ length: 300_000 }, (_, i) => `a:${String(i).padStart(16, '0')}`);
    const frame = call('send', { to: token, made: made.join(' ') });
    const { params } = await last(gate, [frame]);
    expect(params?.arguments).toMatchObject({ to: MAIL });
  });
});

describe('masks of arguments', () => {
  const questions: RuleText = {
    ...{ id: 'questions', on: { methods: ['elicitation/create'] }, then: 'allow' },
    reveal: ['email'],
  };
  const asks = answer({
    ...{ resultType: 'input_required', requestState: 's' },
    inputRequests: {
      who: { method: 'elicitation/create', params: { message: 'who?', requestedSchema: {} } },
    },
  });

  it('of a call beat what rules on its questions reveal', async () => {
    const mask = [{ find: ['email'], with: 'redact', in: ['args'] }];
    const gate = gateOf(send({ mask, reveal: undefined }), questions);
    const token = await tokenOf(gate);
    const { result } = await last(gate, [call('send', {}), asks]);
    const { requestState = '' } = result ?? {};
    const inputResponses = { who: { action: 'accept', content: { cc: token, raw: MAIL } } };
    const again = await last(gate, [call('send', {}, { requestState, inputResponses })]);
    expect(again.params?.inputResponses).toEqual({
      who: { action: 'accept', content: { cc: token, raw: '[redacted:email]' } },
    });
  });

  it('that bring a token are not undone by the same token beside it', async () => {
    const mask = [{ path: 'args.b', with: { token: { as: 'email' } } }];
    const gate = gateOf(send({ mask }));
    const token = await tokenOf(gate);
    const { params } = await last(gate, [call('send', { a: token, b: MAIL })]);
    expect(params?.arguments).toEqual({ a: MAIL, b: token });
  });
});

describe('a condition', () => {
  it('never sees what stands behind a token that no rule reveals', async () => {
    const guess: RuleText = {
      ...{ id: 'guess', on: { tools: ['log'] }, then: 'block' },
      when: { 'args.text': { starts_with: 'bob.' } },
    };
    const log: RuleText = { id: 'log', on: { tools: ['log'] }, then: 'allow' };
    const other = send({ reveal: { find: ['email'], scope: 'crm' } });
    const gate = gateOf(log, guess, other);
    const token = await tokenOf(gate);
    const { params } = await last(gate, [call('log', { text: token })]);
    expect(params?.arguments).toEqual({ text: token });
    expect((await last(gate, [call('log', { text: MAIL })])).params).toBeUndefined();
  });
});

describe('a task whose call gave something away', () => {
  const state = { createdAt: '2026-01-01T00:00:00Z', ttl: 1000 };
  const begins = answer({ resultType: 'task', taskId: 'T', status: 'working', ...state });
  const notice = () =>
    told('notifications/tasks', {
      ...{ taskId: 'T', status: 'working', ...state },
      statusMessage: `for ${MAIL}`,
    });

  it('is out of reach once so much else was given that the gate has forgotten it', async () => {
    const gate = gateOf(send());
    const token = await tokenOf(gate);
    const { result } = await last(gate, [call('send', { to: token }), begins]);
    const get = request('tasks/get', { taskId: result?.taskId ?? '', _meta: meta });
    expect(await last(gate, [get])).toMatchObject({ params: { taskId: 'T' } });
    const others = await tokensOf(gate, mails(0, 256));
    await last(gate, [call('send', { to: others.join(' ') }), done('sent')]);
    const { result: listed } = await last(gate, [
      request('tasks/list', {}),
      answer({ tasks: [{ taskId: 'T', status: 'working', statusMessage: MAIL, ...state }] }),
    ]);
    expect(listed?.tasks).toEqual([]);
    const { error } = await last(gate, [get]);
    expect(error?.message).toContain('has forgotten');
    expect(JSON.stringify((await last(gate, [notice()])) ?? '')).not.toContain('bob.jones');
    expect(gate.transcript()).not.toContain('bob.jones');
  });
});

describe('a list of tasks', () => {
  it('has tokens in what the upstream says of them', async () => {
    const gate = gateOf(send());
    const token = await tokenOf(gate);
    const state = { status: 'working', createdAt: '2026-01-01T00:00:00Z', ttl: 1000 };
    const begins = answer({ resultType: 'task', taskId: 'T', ...state });
    await last(gate, [call('send', { to: token }), begins]);
    const { result } = await last(gate, [
      request('tasks/list', { _meta: meta }),
      answer({ tasks: [{ taskId: 'T', ...state, statusMessage: `to ${MAIL}` }] }),
    ]);
    expect(result?.tasks).toMatchObject([{ statusMessage: `to ${token}` }]);
    expect(gate.transcript()).not.toContain('bob.jones');
  });
});

describe('an upstream that got a value', () => {
  it.each([
    ['split by what groups digits', '4111-1111 1111.1111'],
    ['with escapes, twice', JSON.stringify(JSON.stringify({ n: '4111 1111 1111 1111\n' }))],
  ])('gives back its token, also %s', async (_, written) => {
    const card = '4111111111111111';
    const rule: RuleText = { ...people, mask: [{ find: ['payment-card'], with: 'token' }] };
    const gate = new TestGate([rule, send({ reveal: ['payment-card'] })], {
      tokens,
      clock: () => now,
    });
    const [token = ''] = await tokensOf(gate, card);
    const { result } = await last(gate, [call('send', { to: token }), done(written)]);
    expect(JSON.stringify(result)).toContain(token);
    expect(JSON.stringify(result).replaceAll(token, '')).not.toContain('1111');
  });

  it('does not give it away in a list of resources, and nobody can spoil a list of tools', async () => {
    const read: RuleText = { id: 'read', on: { resources: ['mail:*'] }, then: 'allow' };
    const gate = gateOf(send(), read);
    const token = await tokenOf(gate);
    await last(gate, [call('send', { to: token }), done('sent')]);
    const list = async (method: string, key: string) => {
      const item = { name: 'send', uri: 'mail:1', inputSchema: {}, title: `for ${MAIL}` };
      const { result } = await last(gate, [
        request(method, { _meta: meta }),
        answer({ resultType: 'complete', [key]: [item] }),
      ]);
      return JSON.stringify(result);
    };
    expect(await list('resources/list', 'resources')).toContain(`for ${token}`);
    expect(await list('tools/list', 'tools')).toContain(`for ${MAIL}`);
  });

  it('has it hidden all through a call, whatever else the caller does meanwhile', async () => {
    const gate = gateOf(send());
    const token = await tokenOf(gate);
    const asking = call('send', { to: token });
    const exchange = gate.exchange(asking, stateless);
    await gate.gate.pass(asking, exchange);
    const others = await tokensOf(gate, mails(0, 256));
    await last(gate, [call('send', { to: others.join(' ') }), done('sent')]);
    for (const frame of [
      told('notifications/message', { level: 'info', data: MAIL }),
      done(`sent to ${MAIL}`),
    ]) {
      expect(JSON.stringify(leaving(await gate.gate.pass(frame, exchange)))).not.toContain('bob.');
    }
  });
});

describe('an entry of the store', () => {
  it('that is put in the place of another stands for nothing', async () => {
    const kept = new Map<string, TokenEntry>();
    tokens = {
      save: (_, entries) => {
        for (const entry of entries) kept.set(entry.id, entry);
      },
      find: (ids) => new Map([...kept].filter(([id]) => ids.includes(id))),
      ...{ clean: () => undefined, sealedWith: () => undefined, close: () => undefined },
    };
    const gate = gateOf(send());
    const shown = await tokensOf(gate, mails(0, 2));
    const [one, two] = [...kept.values()];
    if (!one || !two) throw new Error('two tokens are kept');
    kept.set(one.id, { ...one, sealed: two.sealed });
    const { params } = await last(gate, [call('send', { to: shown })]);
    expect(params?.arguments).toEqual({ to: [shown[0], 'user1@example.com'] });
  });
});
