import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { RequestFrame } from '../../src/model/message.ts';
import { answer, request } from '../support/gate.ts';
import { dba, HoldingGate } from '../support/held.ts';
import { ana, type RuleText } from '../support/policies.ts';
import { call as asked, Desk, decider, demand, request as requestFor } from './approval/desk.ts';
import { Setting, stateless } from './approval-setting.ts';

const ask: RuleText = {
  ...{ id: 'ask', on: { tools: ['drop'], methods: ['acme/exec'] }, then: 'approve' },
  approval: { by: ['group:dba'], standing: '1h' },
};
const questions: RuleText = {
  ...{ id: 'questions', on: { methods: ['elicitation/create'] }, then: 'allow' },
};
const others: RuleText = {
  ...{ id: 'others', on: { methods: ['roots/list', 'sampling/createMessage'] }, then: 'allow' },
};
const rules = [ask, questions, others];
const now = 1_800_000_000_000;

const _meta = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } };
const params = { name: 'drop', arguments: { table: 'orders' }, _meta };
const call = (more: JsonObject = {}) =>
  request('tools/call', { ...params, ...more }) as RequestFrame;
const unasked = { inputResponses: { sure: { action: 'accept', content: { table: 'users' } } } };

beforeEach(() => {
  vi.useFakeTimers({ now, shouldAdvanceTime: true });
});
afterEach(() => vi.useRealTimers());

/** Lets everything happen that needs no time. */
const soon = () => vi.advanceTimersByTimeAsync(1);

/** What a client is told that the approval of its call is. */
async function stateTold(outcome: Promise<{ readonly message: JsonObject | undefined }>) {
  const { message } = await outcome;
  const { result } = message as { result?: { _meta?: JsonObject } };
  const facts = result?._meta?.['dev.sallyport/decision'] as { approval?: JsonObject } | undefined;
  return facts?.approval?.state;
}

describe('nobody gets a call through with what its approver has not seen', () => {
  const alike = { for: 3_600_000, when: { 'args.table': { starts_with: 'o' } } };

  it('answers to nothing, under a grant for calls alike', async () => {
    const setting = new Setting(rules);
    await setting.last([call()]);
    const [id = ''] = await setting.ids();
    const verdict = { verdict: 'approve', via: 'api', standing: alike } as const;
    await setting.approvals.decide(id, verdict, dba());
    expect((await setting.last([call()])).params).toBeDefined();
    expect((await setting.last([call(unasked)])).params).toBeUndefined();
    const [anew = ''] = await setting.ids();
    const { call: shown } = (await setting.approvals.get(anew)) ?? {};
    expect(shown?.args).toMatchObject(unasked);
    const form = { method: 'elicitation/create', params: { message: '?', requestedSchema: {} } };
    const wants = { resultType: 'input_required', inputRequests: { sure: form } };
    const { result } = await setting.last([call(), answer(wants)]);
    const brought = call({ ...unasked, requestState: String(result?.requestState) });
    expect((await setting.last([brought])).params).toMatchObject(unasked);
  });

  it.each([
    ['a state that nothing seals', { requestState: { cmd: 'rm' } }],
    ['metadata under a name of the protocol', { _meta: { 'io.modelcontextprotocol/x': 'rm' } }],
  ])('%s', async (_, more) => {
    const setting = new Setting(rules);
    const exec = (params: JsonObject) => request('acme/exec', { cmd: 'ls', ...params });
    await setting.last([exec({})]);
    await setting.approveAll();
    expect((await setting.last([exec(more)])).params).toBeUndefined();
    const [id = ''] = await setting.ids();
    expect((await setting.approvals.get(id))?.call.args).toEqual({ cmd: 'ls', ...more });
    expect((await setting.last([exec({})])).params).toEqual({ cmd: 'ls' });
  });
});

describe('nobody gets a call through that was approved for another', () => {
  it.each([
    ['who acts for the caller', { ...ana, actor: 'dan' }],
    ['another client of the caller', { ...ana, client: 'bot' }],
    ['the same sub of another issuer', { ...ana, issuer: 'https://other.test' }],
  ])('%s', async (_, identity) => {
    const gate = new HoldingGate(rules);
    const one = gate.call(call());
    await vi.advanceTimersByTimeAsync(50_001);
    await one.verdict;
    await gate.approve();
    const other = gate.call(call(), { identity });
    await soon();
    expect(other.settled()).toBeUndefined();
    expect(await gate.all()).toHaveLength(2);
    expect((await gate.call(call()).outcome).made).toBe(true);
  });

  it('nor approves it, by letting the caller ask first and acting for them then', async () => {
    const gate = new HoldingGate(rules);
    gate.call(call());
    await soon();
    gate.call(call(), { identity: { ...ana, actor: 'dan' } });
    await soon();
    const [mine, delegated] = await gate.all();
    expect(mine?.binding).not.toBe(delegated?.binding);
    await expect(gate.approve({}, dba('dan'))).rejects.toMatchObject({ code: 'APPROVAL_SELF' });
  });

  it('goes on with an approved call by its state', async () => {
    const setting = new Setting(rules);
    await setting.last([call()]);
    await setting.approveAll();
    const form = { method: 'elicitation/create', params: { message: '?', requestedSchema: {} } };
    const wants = { resultType: 'input_required', inputRequests: { sure: form } };
    const { result } = await setting.last([call(), answer(wants)]);
    const brought = call({ ...unasked, requestState: String(result?.requestState) });
    const bot = { ...stateless, identity: { ...ana, client: 'bot' } };
    expect((await setting.last([brought], bot)).params).toBeUndefined();
    expect((await setting.last([brought])).params).toMatchObject(unasked);
  });
});

describe('nobody gets a call through that policy of the moment would not let through', () => {
  it('with answers to nothing that other rules judge by now', async () => {
    const setting = new Setting(rules, { wait: 60_000 });
    const left = setting.last([call(unasked)]);
    await soon();
    setting.change([ask, { ...questions, then: 'block' }, others]);
    const made = await left;
    expect(made.params).toBeUndefined();
    expect(JSON.stringify(made.result)).toContain('"revoked"');
  });

  it('with a token that has expired while the call was held', async () => {
    const gate = new HoldingGate(rules);
    const exp = now / 1_000 - 50;
    const one = gate.call(call(), { identity: { ...ana, claims: { exp } } });
    await vi.advanceTimersByTimeAsync(9_000);
    expect(one.settled()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await stateTold(one.outcome)).toBe('pending');
    await gate.approve();
    const renewed = gate.call(call(), { identity: { ...ana, claims: { exp: exp + 600 } } });
    expect((await renewed.outcome).made).toBe(true);
  });
});

describe('nobody takes what others need', () => {
  it('by calls that wait: those beyond a number are told to call again', async () => {
    const gate = new HoldingGate(rules);
    const many = Array.from({ length: 130 }, () => gate.call(call()));
    await soon();
    expect(many.filter((one) => one.settled())).toHaveLength(2);
    const last = many.at(-1);
    if (last) expect(await stateTold(last.outcome)).toBe('pending');
    const other = gate.call(call(), { identity: { ...ana, sub: 'olga' } });
    await vi.advanceTimersByTimeAsync(50_001);
    expect(many.filter((one) => one.settled())).toHaveLength(130);
    expect(other.settled()).toBeDefined();
    const again = gate.call(call());
    await soon();
    expect(again.settled()).toBeUndefined();
  });

  it('by calls of many callers that wait: those beyond what is held in all are told to call again', async () => {
    const gate = new HoldingGate(rules, { maxHeld: 3 });
    const by = (sub: string) => gate.call(call(), { identity: { ...ana, sub } });
    const many = ['a', 'b', 'c', 'd', 'e'].map(by);
    await soon();
    expect(many.filter((one) => one.settled())).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(50_001);
    const again = ['a', 'b', 'c', 'd'].map(by);
    await soon();
    expect(again.filter((one) => one.settled())).toHaveLength(1);
  });

  it('by questions that are asked and taken back without end', async () => {
    const desk = new Desk([demand('ask')], { channels: ['ops'] });
    const nth = (n: number) => asked({}, { sql: `drop t${n}` });
    for (let n = 0; n < 100; n++) {
      const { id } = await desk.ask(nth(n));
      await desk.approvals.cancel(id, 'the client has given the call up');
    }
    const refused = { code: 'APPROVALS_FULL' };
    await expect(desk.ask(nth(0))).rejects.toMatchObject(refused);
    await expect(desk.ask(nth(100))).rejects.toMatchObject(refused);
    const caller = { issuer: 'https://issuer.test', sub: 'bea' };
    expect(await desk.ask(asked({ caller }))).toMatchObject({ state: 'pending' });
    desk.now += 15 * 60_000;
    expect(await desk.ask(nth(100))).toMatchObject({ state: 'pending' });
  });

  it('and still hears of what is asked and approved already', async () => {
    const desk = new Desk();
    const there = await desk.ask();
    for (let n = 0; n < 100; n++) {
      const { id } = await desk.ask(asked({}, { sql: `drop t${n}` }));
      await desk.approvals.giveUp(id, decider('ann'), '', 'api');
    }
    await desk.approve(there.id, decider('dan', { groups: ['dba'] }));
    const { call: again } = requestFor(desk.rules);
    expect(await desk.ask(again)).toMatchObject({ id: there.id, state: 'granted' });
  });

  it('while calls that people have decided, or that expired, count for nothing', async () => {
    const desk = new Desk();
    for (let n = 0; n < 120; n++) {
      const { id } = await desk.ask(asked({}, { sql: `drop t${n}` }));
      if (n % 2) await desk.deny(id, decider('dan', { groups: ['dba'] }), 'no');
      else await desk.approvals.withdraw(id, 'revoked', 'the policy has changed');
    }
    expect(await desk.ask()).toMatchObject({ state: 'pending' });
  });
});
