import { describe, expect, it } from 'vitest';
import type { ApprovalDemand, AskedCall } from '../../src/model/approval.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { Approvals, type Decider } from '../../src/pipeline/approval/approvals.ts';
import { bindingOf } from '../../src/pipeline/approval/binding.ts';
import { endedMeanwhile, goesOn } from '../../src/pipeline/stages/hold/hold-rounds.ts';
import { MemoryApprovals } from '../../src/store/memory/approvals.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { request, TestGate } from '../support/gate.ts';
import { ana } from '../support/policies.ts';

const now = 1_000_000;
const clock = () => now;
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet };
const at = { file: 'p.yaml', line: 1, column: 1 };
const demand: ApprovalDemand = {
  ...{ rule: 'ask', at, by: ['group:dba'], quorum: 1, expires: 900_000, window: 600_000 },
  ...{ notSelf: true, breakGlass: [], reasonRequired: false, standing: 3_600_000 },
};
const other: ApprovalDemand = { ...demand, rule: 'ask-more' };
const bob: Decider = { issuer: ana.issuer, sub: 'bob', groups: ['dba'], isApprover: false };

const call = (args: JsonObject = {}): AskedCall => ({
  caller: { issuer: ana.issuer, sub: 'ana' },
  ...{ upstream: 'db', method: 'tools/call', target: 'query' },
  args: { name: 'query', arguments: { sql: 'drop table t' }, ...args },
  ...{ exchange: 'exchange-0', revision: 'r1' },
});

function setting() {
  const store = new MemoryApprovals({ clock, log, bounds: { max: 100, maxPerCaller: 100 } });
  const replica = () =>
    new Approvals({
      ...{ store, clock, log, recorder: new MemoryStore(), channels: [], keep: 1_000_000 },
      demandOf: (rule) => [demand, other].find((known) => known.rule === rule),
      revision: () => 'r1',
    });
  return { approvals: replica(), replica };
}

/** An approval of a call that was made. */
async function used(approvals: Approvals, demands = [demand]): Promise<string> {
  const asked = call();
  const { id } = await approvals.ask({ binding: bindingOf(asked), call: asked, demands });
  await approvals.decide(id, { verdict: 'approve', via: 'api' }, bob);
  await approvals.take(id, 'exchange-0');
  return id;
}

/** A call that goes on with one that was made, as its state says. */
function resumed(approval: string, round = 0) {
  const exchange = new TestGate([]).exchange(request('tools/call', { name: 'query' }));
  exchange.resumed = { approval, round };
  return exchange;
}

const answers = { inputResponses: { who: { action: 'accept' } } };

describe('a call whose upstream asks for more after it was approved', () => {
  it('goes on once for each round, under the grant that it was made by', async () => {
    const { approvals } = setting();
    const id = await used(approvals);
    for (const round of [0, 1, 2]) {
      const exchange = resumed(id, round);
      expect(await goesOn(approvals, exchange, call(answers), [demand])).toBe(true);
      expect(exchange.grant).toMatchObject({ approval: id, round: round + 1 });
      expect(exchange.grant?.demands).toHaveLength(1);
      const again = resumed(id, round);
      expect(await goesOn(approvals, again, call(answers), [demand])).toBe(false);
      expect(again.grant).toBeUndefined();
    }
  });

  it('goes on once, however many try at once on two replicas', async () => {
    const { approvals, replica } = setting();
    const id = await used(approvals);
    const replicas = [approvals, replica()];
    const tries = Array.from({ length: 24 }, (_, n) =>
      goesOn(replicas[n % 2] ?? approvals, resumed(id), call(answers), [demand]),
    );
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it('goes on where rules ask for less by now', async () => {
    const { approvals } = setting();
    const id = await used(approvals, [demand, other]);
    expect(await goesOn(approvals, resumed(id), call(), [other])).toBe(true);
  });

  it.each<[string, readonly ApprovalDemand[], AskedCall]>([
    ['a rule asks for more', [demand, other], call()],
    ['the rule asks for two people', [{ ...demand, quorum: 2 }], call()],
    ['the rule asks for others', [{ ...demand, by: ['group:owners'] }], call()],
    ['no rule says what it asks for', [], call()],
    ['other arguments would be sent', [demand], call({ arguments: { sql: 'drop table u' } })],
    ['a wish for a task would be sent with it', [demand], call({ task: {} })],
    ['more of _meta would be sent', [demand], call({ _meta: { 'vendor/force': true } })],
  ])('does not go on by that grant where %s', async (_, demands, asked) => {
    const { approvals } = setting();
    const id = await used(approvals);
    expect(await goesOn(approvals, resumed(id), asked, demands)).toBe(false);
    // Nothing was lost by the try.
    expect(await goesOn(approvals, resumed(id), call(answers), [demand])).toBe(true);
  });

  it('goes on where the rule has only moved in its file, or says it in other words', async () => {
    const { approvals } = setting();
    const id = await used(approvals);
    const moved = { ...demand, at: { ...at, line: 9 }, reason: 'In other words.', notify: ['ops'] };
    expect(await goesOn(approvals, resumed(id), call(), [moved])).toBe(true);
  });

  it('does not go on by an approval that is unknown, or by which no call was made', async () => {
    const { approvals } = setting();
    const asked = call();
    const fails = async (id: string) => {
      expect(await goesOn(approvals, resumed(id), asked, [demand])).toBe(false);
    };
    await fails('unknown');
    const request = { binding: bindingOf(asked), call: asked, demands: [demand] };
    const { id } = await approvals.ask(request);
    await fails(id);
    await approvals.decide(id, { verdict: 'approve', via: 'api' }, bob);
    await fails(id);
    await approvals.revoke(id, bob, 'not now', 'api');
    await fails(id);
  });

  it('does not go on where no state says that it was made', async () => {
    const { approvals } = setting();
    await used(approvals);
    const exchange = new TestGate([]).exchange(request('tools/call', { name: 'query' }));
    expect(await goesOn(approvals, exchange, call(), [demand])).toBe(false);
  });
});

describe('a call that comes back after its approval has ended', () => {
  const asked = call();
  const ask = (approvals: Approvals) =>
    approvals.ask({ binding: bindingOf(asked), call: asked, demands: [demand] });
  const returned = (approval: string) => {
    const exchange = new TestGate([]).exchange(request('tools/call', { name: 'query' }));
    exchange.held = { approval, round: 1 };
    return exchange;
  };

  it.each([
    [
      'denied',
      (approvals: Approvals, id: string) =>
        approvals.decide(id, { verdict: 'deny', reason: 'no', via: 'api' }, bob),
    ],
    ['revoked', (approvals: Approvals, id: string) => approvals.revoke(id, bob, 'no', 'api')],
    ['cancelled', (approvals: Approvals, id: string) => approvals.cancel(id, 'gone')],
  ])('is told that it was %s', async (state, act) => {
    const { approvals } = setting();
    const { id } = await ask(approvals);
    expect(await endedMeanwhile(approvals, returned(id))).toBeUndefined();
    await act(approvals, id);
    expect(await endedMeanwhile(approvals, returned(id))).toMatchObject({ id, state });
  });

  it('asks anew where another call has used it, or it was forgotten', async () => {
    const { approvals } = setting();
    const id = await used(approvals);
    expect(await endedMeanwhile(approvals, returned(id))).toBeUndefined();
    expect(await endedMeanwhile(approvals, returned('unknown'))).toBeUndefined();
  });
});
