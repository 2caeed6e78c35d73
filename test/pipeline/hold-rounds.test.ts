import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalDemand } from '../../src/model/approval.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { RequestFrame } from '../../src/model/message.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { gaveUp, holdRounds } from '../../src/pipeline/stages/hold/hold-rounds.ts';
import { resume } from '../../src/pipeline/stages/input.ts';
import { Seal } from '../../src/protocol/seal.ts';
import { leaving, request, TestGate } from '../support/gate.ts';
import { ana } from '../support/policies.ts';

const seal = new Seal(new Uint8Array(32), 'state');
const rounds = holdRounds(seal);
const back = resume(seal);
const gate = new TestGate([]);

const stateless: Partial<ExchangeInit> = {
  session: { name: '', client: {}, protocol: '2026-07-28' },
};
const meta = (elicitation: JsonObject) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': { elicitation },
});
const visits = meta({ url: {} });
const params = { name: 'query', arguments: { sql: 'drop table t' }, _meta: visits };
const call = (more: JsonObject = {}) => request('tools/call', { ...params, ...more });

const demand: ApprovalDemand = {
  ...{ rule: 'ask', at: { file: 'p.yaml', line: 1, column: 1 }, by: ['group:dba'], quorum: 1 },
  ...{ expires: 900_000, window: 600_000, notSelf: true, breakGlass: [], reasonRequired: false },
};
const approval: Approval = {
  ...{ id: 'A1', version: 1, state: 'pending', binding: 'b', demands: [demand], ballots: [] },
  ...{ createdAt: 1000, expiresAt: 901_000 },
  call: {
    caller: { issuer: ana.issuer, sub: 'ana' },
    ...{ upstream: 'db', method: 'tools/call', target: 'query', args: {} },
    ...{ exchange: 'exchange-0', revision: 'r1' },
  },
};
const page = { url: 'https://gate.example/approvals/A1', message: 'Somebody has to approve it.' };
const facts = { effect: 'approve' };

/** A request as it comes to the hold stage. */
async function arrive(frame = call(), init = stateless) {
  const exchange = gate.exchange(frame, init);
  const verdict = await back(frame, exchange);
  return { exchange, verdict, frame: verdict.kind === 'forward' ? verdict.frame : frame };
}
type Arrived = Awaited<ReturnType<typeof arrive>>;

function again({ frame, exchange }: Arrived, of = approval) {
  const verdict = rounds.again(frame as RequestFrame, exchange, of, facts);
  return (leaving(verdict) as { result: JsonObject } | undefined)?.result;
}
function visit({ frame, exchange }: Arrived) {
  const verdict = rounds.visit(frame as RequestFrame, exchange, approval, page, facts);
  return (leaving(verdict) as { result: JsonObject } | undefined)?.result;
}
const stateOf = (result: JsonObject | undefined) => String(result?.requestState);

describe('a call that waits for people', () => {
  it('is answered with the page where its client can show one, and with a state', async () => {
    expect(visit(await arrive())).toEqual({
      resultType: 'input_required',
      inputRequests: {
        'dev.sallyport/approval': {
          method: 'elicitation/create',
          params: { mode: 'url', ...page },
        },
      },
      requestState: expect.stringMatching(/^[\w-]{50,}$/),
      _meta: { 'dev.sallyport/decision': facts },
    });
  });

  it.each([
    ['forms alone', meta({ form: {} })],
    ['an empty capability, which stands for forms', meta({})],
    ['nothing', { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }],
  ])('shows no page to a client that declares %s', async (_, _meta) => {
    expect(visit(await arrive(call({ _meta })))).toBeUndefined();
  });

  it('is shown its page once', async () => {
    const requestState = stateOf(visit(await arrive()));
    expect(visit(await arrive(call({ requestState })))).toBeUndefined();
  });

  it('is asked to come back with a state alone', async () => {
    expect(again(await arrive())).toEqual({
      resultType: 'input_required',
      requestState: expect.stringMatching(/^[\w-]{50,}$/),
      _meta: { 'dev.sallyport/decision': facts },
    });
  });

  it('comes back eight times, the page among them, and no more', async () => {
    let result = visit(await arrive());
    const seen: number[] = [];
    while (result) {
      const arrived = await arrive(call({ requestState: stateOf(result) }));
      seen.push(arrived.exchange.held?.round ?? 0);
      result = again(arrived);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each([
    ['of a session', call(), { session: { name: 's', client: {}, protocol: '2025-11-25' } }],
    ['of a method that asks for nothing', request('vendor/act', { _meta: visits }), stateless],
    [
      'that brings answers to nothing that was asked',
      call({ inputResponses: { who: { action: 'accept' } } }),
      stateless,
    ],
  ])('is not asked to come back %s', async (_, frame, init) => {
    const arrived = await arrive(frame, init);
    expect([visit(arrived), again(arrived)]).toEqual([undefined, undefined]);
  });
});

describe('a call that comes back', () => {
  it('is the call as it was: nothing of the gate’s own goes on with it', async () => {
    const requestState = stateOf(visit(await arrive()));
    const answer = { 'dev.sallyport/approval': { action: 'accept' } };
    const returned = await arrive(call({ requestState, inputResponses: answer }));
    expect((returned.frame as RequestFrame).message.params).toEqual(params);
    expect(returned.exchange.held).toEqual({ approval: 'A1', round: 1, answer: 'accept' });
    expect(returned.exchange.resumed).toBeUndefined();
    expect(gaveUp(returned.exchange)).toBe(false);
  });

  it.each(['decline', 'cancel'])('is given up by a user who says "%s"', async (action) => {
    const requestState = stateOf(visit(await arrive()));
    const inputResponses = { 'dev.sallyport/approval': { action } };
    const { exchange } = await arrive(call({ requestState, inputResponses }));
    expect(gaveUp(exchange)).toBe(true);
  });

  it.each([
    ['none', undefined],
    ['one that is no object', 'decline'],
    ['one to something else', { who: { action: 'decline' } }],
    ['one that says nothing known', { 'dev.sallyport/approval': { action: 'maybe' } }],
    ['one of another kind', { 'dev.sallyport/approval': ['decline'] }],
  ])('waits on where the answer is %s', async (_, inputResponses) => {
    const requestState = stateOf(visit(await arrive()));
    const more = inputResponses === undefined ? {} : { inputResponses };
    const returned = await arrive(call({ requestState, ...more }));
    expect(returned.exchange.held).toEqual({ approval: 'A1', round: 1 });
    expect((returned.frame as RequestFrame).message.params).toEqual(params);
  });

  const bob = { ...ana, sub: 'bob' };
  it.each<[string, RequestFrame['message']['params'], Partial<ExchangeInit>]>([
    ['by another caller', {}, { identity: bob }],
    ['at another upstream', {}, { upstream: 'other' }],
    ['with other arguments', { arguments: { sql: 'drop table u' } }, {}],
    ['without arguments', { arguments: {} }, {}],
    ['for another tool', { name: 'execute' }, {}],
    ['too late', {}, { clock: () => 901_001 }],
  ])('is refused %s', async (_, more, facts) => {
    const requestState = stateOf(again(await arrive()));
    const { verdict, exchange } = await arrive(call({ ...more, requestState }), {
      ...stateless,
      ...facts,
    });
    expect(leaving(verdict)).toMatchObject({ error: { code: -32602 } });
    expect(exchange.held).toBeUndefined();
  });

  it('may take as long as the approval does', async () => {
    const late = { ...stateless, clock: () => 900_999 };
    const requestState = stateOf(again(await arrive()));
    expect((await arrive(call({ requestState }), late)).exchange.held).toBeDefined();
    const granted: Approval = { ...approval, state: 'granted', usableUntil: 5_000_000 };
    const later = { ...stateless, clock: () => 4_999_999 };
    const kept = stateOf(again(await arrive(), granted));
    expect((await arrive(call({ requestState: kept }), later)).exchange.held).toBeDefined();
  });

  it('is refused with a state that anybody has changed, or sealed for another use', async () => {
    const state = stateOf(again(await arrive()));
    const fails = async (requestState: string) => {
      const { verdict, exchange } = await arrive(call({ requestState }));
      expect(leaving(verdict)).toMatchObject({ error: { code: -32602 } });
      expect(exchange.held).toBeUndefined();
    };
    const other = new Seal(new Uint8Array(32), 'task');
    await fails(other.seal(seal.open(state) ?? {}));
    await fc.assert(
      fc.asyncProperty(fc.nat(state.length - 1), fc.base64String(), async (at, put) => {
        const changed = state.slice(0, at) + put + state.slice(at + put.length);
        fc.pre(changed !== state);
        await fails(changed);
      }),
      { numRuns: 200 },
    );
  });
});
