import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { RequestFrame } from '../../src/model/message.ts';
import { Pins } from '../../src/pipeline/pins.ts';
import { TokenVault } from '../../src/pipeline/token/token-vault.ts';
import { toolDefinition } from '../../src/policy/pin/tool-definition.ts';
import { MemoryPins } from '../../src/store/memory/pins.ts';
import { MemoryTokens } from '../../src/store/memory/tokens.ts';
import { answer, leaving, request } from '../support/gate.ts';
import { answerTo, dba, type HeldOne, HoldingGate, sessionOf } from '../support/held.ts';
import { testKey } from '../support/masks.ts';
import { ana, type RuleText } from '../support/policies.ts';

const ask: RuleText = {
  ...{ id: 'ask', on: { tools: ['drop'], resources: ['db://**'] }, then: 'approve' },
  ...{ approval: { by: ['group:dba'], standing: '1h' }, reason: 'It cannot be undone.' },
};
const read: RuleText = { id: 'read', on: { tools: ['read'] }, then: 'allow' };
const rules = [ask, read];

const call = (args: JsonObject = { table: 'orders' }, more: JsonObject = {}) =>
  request('tools/call', { name: 'drop', arguments: args, ...more }) as RequestFrame;
const withProgress = call({ table: 'orders' }, { _meta: { progressToken: 'p' } });

const nothing = () => undefined;
const log = { info: nothing, warn: nothing, error: nothing, debug: nothing };
const isThere = <T>(it: T | undefined): it is T => it !== undefined;

let gate: HoldingGate;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  gate = new HoldingGate(rules);
});
afterEach(() => vi.useRealTimers());

/** Lets everything happen that needs no time. */
const soon = () => vi.advanceTimersByTimeAsync(1);

/** A call that waits. */
async function held(...args: Parameters<HoldingGate['call']>): Promise<HeldOne> {
  const one = gate.call(...args);
  await soon();
  expect(one.settled()).toBeUndefined();
  return one;
}

/** What an answer says of the approval, and how it looks. */
async function told({ outcome }: HeldOne) {
  const { made, message } = await outcome;
  const { result, error } = (message ?? {}) as { result?: Told; error?: Told };
  const facts = result?._meta ?? error?.data ?? {};
  const { approval, ...decision } = facts['dev.sallyport/decision'] ?? {};
  return {
    ...{ made, code: error?.code, isError: result?.isError, state: approval?.state },
    ...{ text: result?.content?.[0]?.text ?? error?.message, approval, decision },
  };
}
interface Told {
  readonly code?: number;
  readonly message?: string;
  readonly data?: Facts;
  readonly _meta?: Facts;
  readonly isError?: boolean;
  readonly content?: readonly { readonly text: string }[];
}
type Facts = Readonly<
  Record<string, { readonly [key: string]: unknown; readonly approval?: { state: string } }>
>;

describe('a call that needs approval', () => {
  it('waits, and goes on once somebody has said yes', async () => {
    const one = await held(call());
    expect(one.client.opened).toBe(true);
    await gate.approve();
    const { made, message } = await one.outcome;
    expect(made).toBe(true);
    expect(message?.params).toEqual({ name: 'drop', arguments: { table: 'orders' } });
    const approval = await gate.last();
    expect(approval).toMatchObject({ state: 'used', usedBy: one.exchange.id });
    expect(one.exchange.grant).toMatchObject({ approval: approval.id, round: 0 });
  });

  it('is shown as it will be sent: masked, with who asks by which agent', async () => {
    gate = new HoldingGate([{ ...ask, mask: [{ find: 'email', with: 'redact', in: ['args'] }] }]);
    const meta = { progressToken: 1, traceparent: 'x', 'com.example/ticket': 'T-1' };
    const one = await held(call({ to: 'eve@example.com' }, { _meta: meta }));
    const { call: shown } = await gate.last();
    expect(JSON.stringify(shown)).not.toContain('eve@example.com');
    expect(shown).toMatchObject({
      caller: { issuer: ana.issuer, sub: 'ana', email: ana.email, client: 'agent-7' },
      ...{ agent: 'agent/7', upstream: 'db', method: 'tools/call', target: 'drop' },
      exchange: one.exchange.id,
    });
    expect(Object.keys(shown.args)).toEqual(['name', 'arguments', '_meta']);
    expect(shown.args._meta).toEqual({ 'com.example/ticket': 'T-1' });
    await gate.approve();
    const { message } = await one.outcome;
    expect(message?.params).toMatchObject({ arguments: shown.args.arguments });
  });

  it('is recorded before anybody is waited for, and again when it goes on', async () => {
    const one = await held(call());
    const { id } = await gate.last();
    const [opened] = gate.recorder.events(one.exchange.id);
    expect(opened?.payload).toContain('orders');
    const until = Date.now() + 900_000 - 1;
    expect(gate.events(one, 'held')).toEqual([
      { approval: id, rules: ['ask'], until, how: ['comments'] },
    ]);
    await gate.approve({ reason: 'ticket 7' });
    await one.verdict;
    expect(gate.events(one, 'resolved')).toEqual([{ approval: id, state: 'used', by: ['dan'] }]);
    expect(gate.recorder.events(one.exchange.id).map(({ kind }) => kind)).toEqual([
      ...['opened', 'decided', 'held', 'resolved', 'forwarded'],
    ]);
  });

  it('is answered before its client would time out, and the identical call takes the grant', async () => {
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(50_000);
    const answer = await told(one);
    const { id } = await gate.last();
    const url = `https://admin.example/approvals/${id}`;
    expect(answer).toMatchObject({ isError: true, state: 'pending' });
    expect(answer.approval).toEqual({ id, state: 'pending', expires: expect.any(String), url });
    expect(answer.decision).toEqual({
      ...{ effect: 'approve', rule: 'ask', reason: 'It cannot be undone.' },
      ...{ retryAfter: 5, exchange: one.exchange.id },
    });
    expect(answer.text).toMatch(/waits for approval.*https:.*call again with the same arguments/);
    await gate.approve();
    const again = gate.call(call());
    expect((await told(again)).made).toBe(true);
    expect(await gate.last()).toMatchObject({ id, state: 'used', usedBy: again.exchange.id });
    expect(again.client.opened).toBe(false);
  });

  it('is held for longer where its client asks for progress', async () => {
    const one = await held(withProgress);
    await vi.advanceTimersByTimeAsync(110_000);
    expect(one.settled()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await told(one)).toMatchObject({ state: 'pending' });
  });

  it('is told that nobody has decided in time', async () => {
    gate = new HoldingGate([{ ...ask, approval: { by: ['group:dba'], expires: '30s' } }]);
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(31_000);
    expect(await told(one)).toMatchObject({ isError: true, state: 'expired' });
    await held(call());
    expect((await gate.all()).map(({ state }) => state)).toEqual(['expired', 'pending']);
  });

  it('is told the reason of a no, and so is the identical call for as long as a yes had stood', async () => {
    const one = await held(call());
    await gate.deny('Ask Eve first.');
    expect(await told(one)).toMatchObject({
      ...{ made: false, isError: true, state: 'denied' },
      text: expect.stringContaining('Ask Eve first'),
    });
    expect(await told(gate.call(call()))).toMatchObject({
      state: 'denied',
      text: expect.stringContaining('Ask Eve first'),
    });
    expect(await gate.all()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(600_000);
    await held(call());
    expect(await gate.all()).toHaveLength(2);
  });

  it('is told of its own no, however many there are to other calls of the caller', async () => {
    const one = await held(call());
    await gate.deny('Ask Eve first.');
    await one.verdict;
    for (let n = 0; n < 40; n++) {
      const other = await held(call({ table: `t${n}` }));
      await gate.deny('no');
      await other.verdict;
    }
    const again = gate.call(call());
    expect(await told(again)).toMatchObject({ text: expect.stringContaining('Ask Eve first') });
  });

  it.each([
    ['waits', -32011, 'pending', () => vi.advanceTimersByTimeAsync(50_000)],
    ['was denied', -32012, 'denied', () => gate.deny('no')],
  ])('gets an error that says that it %s where it is no tool', async (_, code, state, act) => {
    const one = await held(request('resources/read', { uri: 'db://orders/1' }) as RequestFrame);
    await act();
    expect(await told(one)).toMatchObject({ code, state, decision: { effect: 'approve' } });
  });

  it('is refused where more is asked than anybody can look at', async () => {
    const one = gate.call(call({ text: 'x'.repeat(300_000) }));
    expect(await told(one)).toMatchObject({ made: false, isError: true });
    expect(gate.events(one, 'failed')).toMatchObject([{ code: 'APPROVAL_TOO_LARGE' }]);
    expect(await gate.all()).toEqual([]);
  });

  it('is refused where as many wait as may', async () => {
    gate = new HoldingGate(rules, { max: 1 });
    await held(call());
    const one = gate.call(call({ table: 'other' }));
    expect(await told(one)).toMatchObject({ made: false, decision: { effect: 'block' } });
    expect(gate.events(one, 'failed')).toMatchObject([{ code: 'APPROVALS_FULL' }]);
  });

  it('is refused where approvals cannot be kept', async () => {
    await gate.store.close();
    const one = gate.call(call());
    expect(await told(one)).toMatchObject({ made: false, decision: { retryAfter: 5 } });
    expect(gate.events(one, 'failed')).toMatchObject([{ code: 'APPROVALS_UNAVAILABLE' }]);
  });

  it('is refused where nobody can be asked, or nobody would hear of it', async () => {
    const deaf = new HoldingGate(rules, { gate: { approvals: undefined } });
    expect(await told(deaf.call(call()))).toMatchObject({ made: false, isError: true });
    expect(await told(gate.call(call(), { unheard: true }))).toMatchObject({
      made: false,
      isError: true,
    });
    expect(await gate.all()).toEqual([]);
  });

  it('is refused, and left to be asked again, where its transcript cannot be written', async () => {
    const full = { append: () => Promise.reject(new Error('disk full')) };
    gate = new HoldingGate(rules, { gate: { recorder: full } });
    expect(await told(gate.call(call()))).toMatchObject({ made: false, state: undefined });
    expect(await gate.last()).toMatchObject({ state: 'pending' });
    gate = new HoldingGate(rules, { gate: { recorder: full, required: false } });
    await held(call());
  });

  it('takes nothing of a limit while it waits', async () => {
    gate = new HoldingGate([{ ...ask, limit: { calls: 1, per: '1h' } }]);
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(50_000);
    await one.verdict;
    const again = await held(call());
    await gate.approve();
    expect((await told(again)).made).toBe(true);
  });
});

describe('a grant', () => {
  it('that a caller has given alone is recorded as that', async () => {
    const approval = { by: ['group:dba'], break_glass: ['group:analysts'] };
    gate = new HoldingGate([{ ...ask, approval }]);
    const one = await held(call());
    const self = { issuer: ana.issuer, sub: 'ana', groups: ['analysts'], isApprover: false };
    await gate.approve({ breakGlass: true, reason: 'The shop is down.' }, self);
    expect((await told(one)).made).toBe(true);
    expect(gate.events(one, 'resolved')).toMatchObject([
      { state: 'used', by: ['ana'], broke_glass: true },
    ]);
  });

  it.each([
    ['another argument', call({ table: 'customers' }), {}],
    ['another member', call({ table: 'orders', cascade: true }), {}],
    ['more in _meta', call({ table: 'orders' }, { _meta: { 'com.example/mode': 'x' } }), {}],
    ['another caller', call(), { identity: { ...ana, sub: 'eve' } }],
    ['the same name at another issuer', call(), { identity: { ...ana, issuer: 'https://o' } }],
  ])('is not for a call with %s', async (_, frame, facts) => {
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(50_000);
    await one.verdict;
    await gate.approve();
    await held(frame, facts);
    expect((await gate.all()).map(({ state }) => state)).toEqual(['granted', 'pending']);
  });

  it('is for the identical call, in whatever order its members come and whatever differs from try to try', async () => {
    const first = call({ a: 1, b: 2 }, { _meta: { progressToken: 1, traceparent: 'a' } });
    const one = await held(first);
    await vi.advanceTimersByTimeAsync(120_000);
    await one.verdict;
    await gate.approve();
    const again = gate.call(call({ b: 2, a: 1 }, { _meta: { progressToken: 2 } }));
    expect((await told(again)).made).toBe(true);
  });

  it('is used once, however many wait for it', async () => {
    const many = await Promise.all(Array.from({ length: 5 }, () => held(call())));
    expect(await gate.all()).toHaveLength(1);
    await gate.approve();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(many.filter((one) => one.settled()?.kind === 'forward')).toHaveLength(1);
    expect(many.filter((one) => one.settled() === undefined)).toHaveLength(4);
    expect((await gate.all()).map(({ state }) => state)).toEqual(['used', 'pending']);
    // The newest goes first, for its client surely waits.
    expect(many[4]?.settled()?.kind).toBe('forward');
  });

  it('is used once by two gates that share a store', async () => {
    const other = new HoldingGate(rules, { beside: gate });
    const one = await held(call());
    const two = other.call(call());
    await soon();
    await gate.approve();
    await vi.advanceTimersByTimeAsync(2_000);
    const made = [one, two].filter((it) => it.settled()?.kind === 'forward');
    expect(made).toHaveLength(1);
    expect((await gate.all()).filter(({ state }) => state === 'used')).toHaveLength(1);
  });

  it('is taken by one of two that come for it at once; the other asks anew', async () => {
    const other = new HoldingGate(rules, { beside: gate });
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(50_000);
    await one.verdict;
    await gate.approve();
    const both = [gate.call(call()), other.call(call())];
    await soon();
    expect(both.filter((it) => it.settled()?.kind === 'forward')).toHaveLength(1);
    expect(both.filter((it) => it.settled() === undefined)).toHaveLength(1);
    expect((await gate.all()).map(({ state }) => state)).toEqual(['used', 'pending']);
  });

  it('lets calls alike go on at once, within its bounds, until it is over', async () => {
    const one = await held(call());
    const when = { 'args.table': { in: ['orders', 'lines'] } };
    await gate.approve({ standing: { for: 3_600_000, when } });
    expect((await told(one)).made).toBe(true);
    const alike = gate.call(call({ table: 'lines' }));
    expect((await told(alike)).made).toBe(true);
    expect(gate.events(alike, 'resolved')).toMatchObject([{ standing: { calls: 2 } }]);
    await held(call({ table: 'customers' }));
    await vi.advanceTimersByTimeAsync(3_600_000);
    await held(call({ table: 'lines' }));
  });
});

describe('a client that is not there when somebody says yes', () => {
  it('has nothing done for it that lost its connection, until it calls again', async () => {
    const one = await held(call());
    one.client.away = true;
    await gate.approve();
    expect(await told(one)).toMatchObject({ made: false, state: 'granted' });
    expect((await told(gate.call(call()))).made).toBe(true);
  });

  it('leaves the approval to whoever calls again where it is lost for good', async () => {
    const one = await held(call());
    one.client.leave();
    await one.verdict;
    expect(await gate.last()).toMatchObject({ state: 'pending' });
    await gate.approve();
    expect((await told(gate.call(call()))).made).toBe(true);
    expect(await gate.all()).toHaveLength(1);
  });

  it('cancels the approval by taking the call back', async () => {
    const one = await held(call());
    one.exchange.close('cancelled');
    one.waiting.end(true);
    expect(await one.verdict).toMatchObject({ kind: 'drop' });
    expect(await gate.last()).toMatchObject({ state: 'cancelled' });
  });

  it('cancels nothing while another call waits for the same', async () => {
    const one = await held(call());
    await held(call());
    one.exchange.close('cancelled');
    one.waiting.end(true);
    await one.verdict;
    expect(await gate.last()).toMatchObject({ state: 'pending' });
  });

  it('is not the reason to cancel where the gate ends the call', async () => {
    const one = await held(call());
    one.exchange.close('failed');
    one.waiting.end();
    await one.verdict;
    expect(await gate.last()).toMatchObject({ state: 'pending' });
  });
});

describe('other policies while a call waits', () => {
  const { approval: _, ...plain } = ask;
  const masked = { ...ask, mask: [{ find: 'email', with: 'redact', in: ['args'] }] };
  const allowed: RuleText = { ...plain, then: 'allow' };
  it.each([
    ['block it', [{ ...plain, then: 'block' }], undefined, 'cancelled'],
    ['say nothing of it', [read], undefined, 'cancelled'],
    ['ask others', [{ ...ask, approval: { by: ['group:sre'] } }], 'revoked', 'revoked'],
    ['ask more', [ask, { ...ask, id: 'more' }], 'revoked', 'revoked'],
    ['mask more', [masked], 'revoked', 'revoked'],
    [
      'allow it, and mask more',
      [{ ...masked, then: 'allow', approval: undefined }],
      'revoked',
      'revoked',
    ],
  ] as const)('that %s end the wait', async (_, now, state, kept) => {
    const one = await held(call());
    gate.reload(now as readonly RuleText[]);
    expect(await told(one)).toMatchObject({ made: false, isError: true, state });
    expect(await gate.last()).toMatchObject({ state: kept });
  });

  it('that allow it let it go on', async () => {
    const one = await held(call());
    gate.reload([allowed]);
    expect((await told(one)).made).toBe(true);
    expect(await gate.last()).toMatchObject({ state: 'cancelled' });
    expect(gate.events(one, 'resolved')).toMatchObject([{ effect: 'allow' }]);
  });

  it('that ask for the same, from another line with another sentence, change nothing', async () => {
    const one = await held(call());
    gate.reload(
      [read],
      [
        { ...read, id: 'x' },
        { ...ask, reason: 'Careful.' },
      ],
    );
    await soon();
    expect(one.settled()).toBeUndefined();
    await gate.approve();
    expect((await told(one)).made).toBe(true);
  });

  it('are asked before a grant is taken, also where nobody has told of them', async () => {
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(50_000);
    await one.verdict;
    await gate.approve();
    const other = new HoldingGate([{ ...plain, then: 'block' }], { beside: gate });
    expect(await told(other.call(call()))).toMatchObject({ made: false, isError: true });
    expect(await gate.last()).toMatchObject({ state: 'granted' });
  });

  it('are no worse than another definition of its tool', async () => {
    const store = new MemoryPins();
    const pins = new Pins({ store, mode: () => 'first-sight', locked: () => new Map(), log });
    gate = new HoldingGate(rules, { gate: { pins } });
    const tool = (description: string) =>
      toolDefinition({ name: 'drop', description, inputSchema });
    const inputSchema = { type: 'object' };
    pins.look('db', [tool('Archives.')].filter(isThere), () => []);
    const one = await held(call());
    pins.look('db', [tool('Deletes.')].filter(isThere), () => []);
    await gate.approve();
    expect(await told(one)).toMatchObject({ made: false, isError: true });
    expect(gate.events(one, 'decided')).toMatchObject([{}, { code: 'PIN_CHANGED' }]);
    expect(await gate.last()).toMatchObject({ state: 'cancelled' });
  });

  it('put tokens back that people have seen as tokens, once the call is approved', async () => {
    const key = testKey;
    const clock = () => Date.now();
    const vault = new TokenVault({
      ...{ store: new MemoryTokens({ clock, max: 100, maxOfOwner: 100 }), key, clock },
    });
    const mask = [{ find: 'email', with: { token: { scope: 'mail' } }, in: ['result'] }];
    const giving: RuleText = { ...read, mask } as RuleText;
    const reveal = [{ find: 'email', scope: 'mail' }];
    gate = new HoldingGate([giving, { ...ask, reveal } as RuleText], { gate: { vault } });
    const reading = gate.call(request('tools/call', { name: 'read' }) as RequestFrame);
    await reading.verdict;
    const text = 'eve@example.com';
    const answered = await gate.gate.pass(
      answer({ content: [{ type: 'text', text }] }),
      reading.exchange,
    );
    const token = /\[[^\]]+\]|\S*EMAIL\S*/i.exec(JSON.stringify(leaving(answered)))?.[0] ?? '';
    expect(token).not.toBe('');
    const one = await held(call({ to: token }));
    expect(JSON.stringify(await gate.last())).not.toContain(text);
    await gate.approve();
    expect(JSON.stringify((await one.outcome).message)).toContain(text);
  });

  it('count when the time has come by which a rule goes', async () => {
    const until = new Date(Date.now() + 20_000).toISOString();
    gate = new HoldingGate([{ ...ask, when: { 'request.time': { lt: until } } }]);
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(21_000);
    await gate.approve();
    expect(await told(one)).toMatchObject({ made: false, isError: true });
    expect(await gate.last()).toMatchObject({ state: 'cancelled' });
  });
});

describe('signs that a call waits', () => {
  it('are progress that grows, and stays below what the upstream may begin with', async () => {
    const one = await held(withProgress);
    await vi.advanceTimersByTimeAsync(60_000);
    await gate.approve();
    await one.verdict;
    const { id } = await gate.last();
    const told = one.client.messages.map(({ method, params }) => ({
      method,
      ...(params as JsonObject),
    }));
    expect(told).toHaveLength(5);
    for (const it of told) {
      const message = `waiting for approval ${id}`;
      expect(it).toMatchObject({ method: 'notifications/progress', progressToken: 'p', message });
    }
    const values = told.map((it) => Number((it as unknown as { progress: number }).progress));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBe(5);
    expect(Math.max(...values)).toBeLessThan(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(one.client.messages).toHaveLength(5);
  });

  it('are none beyond an open stream where the client wants no progress', async () => {
    const one = await held(call());
    await vi.advanceTimersByTimeAsync(40_000);
    expect([one.client.opened, one.client.messages]).toEqual([true, []]);
  });
});

describe('the page of an approval', () => {
  const since = { protocol: '2025-11-25' };

  it('is shown by a client that can, which is told once nobody needs it any more', async () => {
    const one = await held(call(), since);
    const { id } = await gate.last();
    const [asked] = one.client.messages;
    expect(asked).toMatchObject({
      method: 'elicitation/create',
      params: {
        ...{ mode: 'url', url: `https://admin.example/approvals/${id}`, elicitationId: id },
        message: 'drop on db waits for approval: It cannot be undone.',
      },
    });
    expect(answerTo(one, { action: 'accept' })).toBe(true);
    await soon();
    expect(one.settled()).toBeUndefined();
    await gate.approve();
    expect((await told(one)).made).toBe(true);
    expect(one.client.messages.at(-1)).toMatchObject({
      method: 'notifications/elicitation/complete',
      params: { elicitationId: id },
    });
    expect(gate.events(one, 'received', 'forwarded')).toMatchObject([
      { by: 'gate', method: 'elicitation/create', approval: id },
      { method: 'elicitation/create', action: 'accept' },
      undefined,
    ]);
  });

  it.each(['decline', 'cancel'])('gives the call up where the user says "%s"', async (action) => {
    const one = await held(call(), since);
    answerTo(one, { action });
    expect(await told(one)).toMatchObject({ made: false, isError: true, state: 'cancelled' });
    expect(await gate.last()).toMatchObject({ state: 'cancelled' });
  });

  it('is shown once in a session, however often the call comes', async () => {
    const session = sessionOf(ana, '2025-11-25');
    const one = await held(call(), { ...since, session });
    await vi.advanceTimersByTimeAsync(50_000);
    await one.verdict;
    const two = await held(call(), { ...since, session });
    expect(two.client.messages).toEqual([]);
    await gate.approve();
    await two.verdict;
    expect(two.client.messages).toMatchObject([{ method: 'notifications/elicitation/complete' }]);
  });

  it.each([
    ['whose revision has none', '2025-06-18', true],
    ['that does not declare them', '2025-11-25', false],
  ])('is not shown by a client %s', async (_, protocol, visits) => {
    const session = sessionOf(ana, protocol, visits);
    const one = await held(call(), { protocol, session });
    expect(one.client.messages).toEqual([]);
  });

  it('is not shown where the gate has no pages', async () => {
    gate.pages = false;
    const one = await held(call(), since);
    expect(one.client.messages).toEqual([]);
  });

  it('is answered in its own session only, once', async () => {
    const one = await held(call(), since);
    const session = sessionOf(ana, '2025-11-25');
    expect(answerTo({ ...one, session }, { action: 'decline' })).toBe(false);
    expect(answerTo(one, { action: 'accept' })).toBe(true);
    answerTo(one, { action: 'decline' });
    await soon();
    expect(one.settled()).toBeUndefined();
  });
});

describe('a gate that stops', () => {
  it('tells all that wait to call again, and a gate after it lets the call take the grant', async () => {
    const many = await Promise.all(Array.from({ length: 3 }, (_, index) => held(call({ index }))));
    await gate.approvals.stop();
    for (const one of many) expect(await told(one)).toMatchObject({ state: 'pending' });
    expect(await told(gate.call(call({ index: 2 })))).toMatchObject({ state: 'pending' });
    const next = new HoldingGate(rules, { beside: gate });
    await next.approve({}, dba());
    expect((await told(next.call(call({ index: 2 })))).made).toBe(true);
  });
});
