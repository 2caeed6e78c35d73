import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { answer, request } from '../support/gate.ts';
import { ana, type RuleText } from '../support/policies.ts';
import { bob, type Left, Setting, stateless } from './approval-setting.ts';

const meta = (elicitation: JsonObject) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': { elicitation },
});
const args = { table: 'users' };
const call = (more: JsonObject = {}, elicitation: JsonObject = { form: {} }) =>
  request('tools/call', { name: 'drop', arguments: args, _meta: meta(elicitation), ...more });
const visiting = (more: JsonObject = {}) => call(more, { form: {}, url: {} });

const ask: RuleText = {
  ...{ id: 'ask', on: { tools: ['drop'], prompts: ['**'], resources: ['**'] } },
  ...{ then: 'approve', approval: { by: ['group:dba'] } },
};
const questions: RuleText = {
  ...{ id: 'questions', on: { methods: ['elicitation/create'] }, then: 'allow' },
};
const stateOf = ({ result }: Left) => String(result?.requestState);
const decisionOf = ({ result }: Left) => {
  const { _meta: said } = result as { _meta: JsonObject };
  return said['dev.sallyport/decision'] as JsonObject;
};
/** What a request asks for, whatever its client can do. */
const askedFor = ({ _meta: _, ...params }: JsonObject = {}) => params;

const form = { method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: {} } };
const asks = answer({
  ...{ resultType: 'input_required', requestState: 'own' },
  inputRequests: { sure: form },
});
const sure = (action = 'accept') => ({ inputResponses: { sure: { action } } });

describe('a call that is asked to come back until somebody decides', () => {
  it.each([
    ['tools/call', call],
    [
      'prompts/get',
      (more = {}) =>
        request('prompts/get', { name: 'p', arguments: args, _meta: meta({}), ...more }),
    ],
    [
      'resources/read',
      (more = {}) => request('resources/read', { uri: 'db://t', _meta: meta({}), ...more }),
    ],
  ])('goes on once it is approved, as it was (%s)', async (_, make) => {
    const setting = new Setting([ask]);
    const first = await setting.last([make()]);
    expect(first.result).toMatchObject({ resultType: 'input_required' });
    expect(first.result?.inputRequests).toBeUndefined();
    const second = await setting.last([make({ requestState: stateOf(first) })]);
    expect(second.result?.resultType).toBe('input_required');
    expect(await setting.ids()).toHaveLength(1);
    await setting.approveAll();
    const { params } = await setting.last([make({ requestState: stateOf(second) })]);
    expect(askedFor(params)).toEqual(askedFor((make().message as Left).params));
    expect(await setting.ids('used')).toHaveLength(1);
  });

  it('is answered with the page at once, then held', async () => {
    const setting = new Setting([ask], { pages: true });
    const first = await setting.last([visiting()]);
    const [id] = await setting.ids();
    const { url } = (decisionOf(first).approval ?? {}) as JsonObject;
    expect(url).toBe(`https://gate.example/approvals/${id}`);
    expect(first.result?.inputRequests).toEqual({
      'dev.sallyport/approval': {
        method: 'elicitation/create',
        params: { mode: 'url', url, message: expect.stringContaining('drop') },
      },
    });
    const inputResponses = { 'dev.sallyport/approval': { action: 'accept' } };
    const second = await setting.last([visiting({ requestState: stateOf(first), inputResponses })]);
    expect(second.result?.resultType).toBe('input_required');
    expect(second.result?.inputRequests).toBeUndefined();
    await setting.approveAll();
    const { params } = await setting.last([visiting({ requestState: stateOf(second) })]);
    expect(Object.keys(params ?? {}).sort()).toEqual(['_meta', 'arguments', 'name']);
  });

  it('goes on as soon as somebody says yes, where it is held', async () => {
    const setting = new Setting([ask], { wait: 60_000 });
    const left = setting.last([call()]);
    while ((await setting.ids()).length === 0) await new Promise(setImmediate);
    await setting.approveAll();
    expect(await left).toMatchObject({ params: { name: 'drop' } });
  });

  it('may come back to another gate of the same store and key', async () => {
    const one = new Setting([ask, questions]);
    const other = new Setting([ask, questions], { store: one.store });
    const requestState = stateOf(await one.last([call()]));
    await other.approveAll();
    const tries = [one, other, one, other].map((at) => at.last([call({ requestState })]));
    expect((await Promise.all(tries)).filter(({ params }) => params)).toHaveLength(1);
    await one.approveAll();
    const brought = call({ requestState: stateOf(await other.last([call(), asks])), ...sure() });
    const both = await Promise.all([one.last([brought]), other.last([brought])]);
    expect(both.filter(({ params }) => params)).toHaveLength(1);
  });

  it.each(['decline', 'cancel'])('is given up by a user who says "%s"', async (action) => {
    const setting = new Setting([ask], { pages: true });
    const first = await setting.last([visiting()]);
    const inputResponses = { 'dev.sallyport/approval': { action } };
    const left = await setting.last([visiting({ requestState: stateOf(first), inputResponses })]);
    expect(left.result).toMatchObject({ resultType: 'complete', isError: true });
    expect(decisionOf(left)).toMatchObject({ approval: { state: 'cancelled' } });
    expect(await setting.ids('cancelled')).toHaveLength(1);
    expect(await setting.ids()).toEqual([]);
  });

  it('is told of a no, and nobody is asked anew', async () => {
    const setting = new Setting([ask]);
    const first = await setting.last([call()]);
    const [id = ''] = await setting.ids();
    await setting.approvals.decide(id, { verdict: 'deny', reason: 'Not today.', via: 'api' }, bob);
    const left = await setting.last([call({ requestState: stateOf(first) })]);
    expect(left.result).toMatchObject({ resultType: 'complete', isError: true });
    expect(JSON.stringify(left.result)).toContain('Not today.');
    expect(await setting.ids()).toEqual([]);
  });

  it('hears "pending" after eight rounds, and takes the grant when it is called again', async () => {
    const setting = new Setting([ask]);
    let left = await setting.last([call()]);
    let count = 0;
    while (left.result?.resultType === 'input_required') {
      count++;
      left = await setting.last([call({ requestState: stateOf(left) })]);
    }
    expect(count).toBe(8);
    expect(decisionOf(left)).toMatchObject({ effect: 'approve', approval: { state: 'pending' } });
    await setting.approveAll();
    expect(await setting.last([call()])).toMatchObject({ params: { name: 'drop' } });
  });

  it('counts as a call once it goes on, and not before', async () => {
    const limit = { calls: 1, per: '1h', by: 'identity.sub' };
    const limited = { id: 'few', on: { tools: ['drop'] }, limit };
    const setting = new Setting([ask, limited]);
    for (const expected of [true, false]) {
      let left = await setting.last([call()]);
      for (let n = 0; n < 3; n++)
        left = await setting.last([call({ requestState: stateOf(left) })]);
      await setting.approveAll();
      const { params, result } = await setting.last([call({ requestState: stateOf(left) })]);
      expect(params !== undefined).toBe(expected);
      if (!expected) expect(JSON.stringify(result)).toContain('few');
    }
  });

  it('goes on where the rules ask for nothing any longer, and nobody has to decide', async () => {
    const setting = new Setting([ask]);
    const first = await setting.last([call()]);
    setting.change([{ id: 'all', on: { tools: ['*'] }, then: 'allow' }]);
    const { params } = await setting.last([call({ requestState: stateOf(first) })]);
    expect(params).not.toHaveProperty('requestState');
  });

  it('is refused where a rule blocks it by then, though it was approved', async () => {
    const setting = new Setting([ask]);
    const first = await setting.last([call()]);
    await setting.approveAll();
    setting.change([ask, { id: 'no', on: { tools: ['drop'] }, then: 'block' }]);
    const left = await setting.last([call({ requestState: stateOf(first) })]);
    expect(decisionOf(left)).toMatchObject({ effect: 'block', rule: 'no' });
  });

  it('waits for what the rules ask for by then, whatever was granted before', async () => {
    const setting = new Setting([ask]);
    const first = await setting.last([call()]);
    await setting.approveAll();
    setting.change([{ ...ask, approval: { by: ['group:owners'] } }]);
    const left = await setting.last([call({ requestState: stateOf(first) })]);
    expect(left.params).toBeUndefined();
    expect(await setting.ids('used')).toEqual([]);
  });
});

describe('ways around an approval that comes in rounds', () => {
  it('makes one call of a state, however often it is brought back', async () => {
    const setting = new Setting([ask]);
    const requestState = stateOf(await setting.last([call()]));
    await setting.approveAll();
    const tries = Array.from({ length: 12 }, () => setting.last([call({ requestState })]));
    const all = await Promise.all(tries);
    expect(all.filter(({ params }) => params)).toHaveLength(1);
    expect((await setting.last([call({ requestState })])).params).toBeUndefined();
    expect(await setting.ids('used')).toHaveLength(1);
  });

  it.each<[string, JsonObject, object]>([
    ['another caller', {}, { identity: { ...ana, sub: 'eve' } }],
    ['another issuer', {}, { identity: { ...ana, issuer: 'https://other.test' } }],
    ['another upstream', {}, { upstream: 'other' }],
    ['other arguments', { arguments: { table: 'orders' } }, {}],
    ['another tool', { name: 'dump' }, {}],
  ])('refuses a state of %s, also where the call was approved', async (_, more, facts) => {
    const setting = new Setting([ask, { ...ask, id: 'dump', on: { tools: ['dump'] } }]);
    const requestState = stateOf(await setting.last([call()]));
    await setting.approveAll();
    const left = await setting.last([call({ ...more, requestState })], { ...stateless, ...facts });
    expect(left).toMatchObject({ error: { code: -32602 } });
    expect(await setting.ids('used')).toEqual([]);
  });

  it('asks anew for what the grant was not for', async () => {
    const setting = new Setting([ask]);
    const requestState = stateOf(await setting.last([call()]));
    await setting.approveAll();
    const more = { _meta: { ...meta({ form: {} }), 'vendor/force': true } };
    const left = await setting.last([call({ ...more, requestState })]);
    expect(left.result?.resultType).toBe('input_required');
    expect(await setting.ids()).toHaveLength(1);
    expect(await setting.ids('granted')).toHaveLength(1);
  });

  it('takes no answer of the client’s for a yes', async () => {
    const setting = new Setting([ask], { pages: true });
    const first = await setting.last([visiting()]);
    const answers = {
      'dev.sallyport/approval': { action: 'accept', content: { approved: true, state: 'granted' } },
      sure: { action: 'accept' },
    };
    const left = await setting.last([
      visiting({ requestState: stateOf(first), inputResponses: answers }),
    ]);
    expect(left.result?.resultType).toBe('input_required');
  });

  it('does not lose what the client brings of the upstream’s rounds: it waits, then is pending', async () => {
    const allow = { id: 'all', on: { tools: ['*'] }, then: 'allow' };
    const setting = new Setting([allow, questions]);
    const requestState = stateOf(await setting.last([call(), asks]));
    setting.change([ask, questions]);
    const left = await setting.last([call({ requestState, ...sure() })]);
    expect(left.result).toMatchObject({ resultType: 'complete', isError: true });
    await setting.approveAll();
    expect(await setting.last([call({ requestState, ...sure() })])).toMatchObject({
      params: { requestState: 'own', ...sure() },
    });
  });
});

describe('an approved call whose upstream asks for more', () => {
  /** The state that the client gets with the upstream's question. */
  async function asked(setting: Setting): Promise<string> {
    await setting.last([call()]);
    await setting.approveAll();
    return stateOf(await setting.last([call(), asks]));
  }

  it('goes on under the one grant, round after round', async () => {
    const setting = new Setting([ask, questions]);
    let requestState = await asked(setting);
    for (let round = 0; round < 3; round++) {
      const next = await setting.last([call({ requestState, ...sure() }), asks]);
      expect(next.result?.inputRequests).toMatchObject({ sure: form });
      // The same state again is another try of a round that is over.
      const replayed = await setting.last([call({ requestState, ...sure('decline') })]);
      expect(replayed.result).toMatchObject({ resultType: 'complete', isError: true });
      requestState = stateOf(next);
    }
    const up = await setting.last([call({ requestState, ...sure() })]);
    expect(up.params).toMatchObject({ requestState: 'own', ...sure() });
    expect(await setting.ids('used')).toHaveLength(1);
  });

  it('asks people again where an answer is brought a second time, and shows them the answer', async () => {
    const setting = new Setting([ask, questions]);
    const requestState = await asked(setting);
    const both = await Promise.all([
      setting.last([call({ requestState, ...sure() })]),
      setting.last([call({ requestState, ...sure('decline') })]),
    ]);
    expect(both.filter(({ params }) => params)).toHaveLength(1);
    const [id = ''] = await setting.ids();
    const { call: shown } = (await setting.approvals.get(id)) ?? {};
    expect(shown?.args.inputResponses).toBeDefined();
    expect(shown?.args.requestState).toBeUndefined();
  });

  it('needs another yes where a rule asks for more by then', async () => {
    const setting = new Setting([ask, questions]);
    const requestState = await asked(setting);
    setting.change([ask, questions, { ...ask, id: 'more' }]);
    const left = await setting.last([call({ requestState, ...sure() })]);
    expect(left.params).toBeUndefined();
    expect(await setting.ids()).toHaveLength(1);
  });
});

/** What can happen around one call. */
type Step =
  | { readonly kind: 'call' | 'approve' | 'deny' }
  | {
      readonly kind: 'return';
      readonly state: number;
      readonly asks: boolean;
      readonly yes: boolean;
    };

describe('any order of calls, returns, yeses and noes', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constantFrom<Step>(
      { kind: 'call' },
      { kind: 'approve' },
      { kind: 'approve' },
      { kind: 'deny' },
    ),
    fc.record({
      kind: fc.constant('return' as const),
      state: fc.nat(7),
      asks: fc.boolean(),
      yes: fc.boolean(),
    }),
  );

  it('makes one call for each grant, and answers each round once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const setting = new Setting([ask, questions]);
        /** Ours and the upstream's, the newest first. */
        const states: { readonly state: string; readonly own: boolean }[] = [];
        const answered = new Map<string, number>();
        let grants = 0;
        let made = 0;
        const pass = async (more: JsonObject, upstreamAsks: boolean, from?: string) => {
          const exchange = setting.exchange(call(more));
          const up = await setting.gate.gate.pass(call(more), exchange);
          let left = up;
          if (up.kind === 'forward') {
            if (from === undefined || more.inputResponses === undefined) made++;
            else if (exchange.grant?.round === 0) made++;
            else answered.set(from, (answered.get(from) ?? 0) + 1);
            if (upstreamAsks) left = await setting.gate.gate.pass(asks, exchange);
          }
          const body =
            left.kind === 'answer' ? left.answer : left.kind === 'forward' && left.frame.message;
          const result = body && 'result' in body ? (body.result as JsonObject) : {};
          const { requestState } = result;
          if (typeof requestState === 'string') {
            states.unshift({ state: requestState, own: up.kind !== 'forward' });
          }
        };
        for (const one of steps) {
          if (one.kind === 'call') await pass({}, true);
          else if (one.kind === 'return') {
            const brought = states[one.state % Math.max(states.length, 1)];
            if (!brought) continue;
            const { state: requestState, own } = brought;
            const more = own ? {} : sure(one.yes ? 'accept' : 'decline');
            await pass({ requestState, ...more }, one.asks, requestState);
          } else {
            const verdict = one.kind;
            for (const id of await setting.ids()) {
              await setting.approvals.decide(id, { verdict, via: 'api' }, bob);
              if (verdict === 'approve') grants++;
            }
          }
        }
        expect(made).toBeLessThanOrEqual(grants);
        for (const count of answered.values()) expect(count).toBe(1);
        expect((await setting.ids('used')).length).toBe(made);
      }),
      { numRuns: 40 },
    );
  });
});
