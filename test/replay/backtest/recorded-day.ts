import { backtestEngine } from '../../../src/cli/replay/backtest/backtest-engine.ts';
import { LimitPass } from '../../../src/cli/replay/backtest/limit-pass.ts';
import type { Identity, IdentityFacts } from '../../../src/model/identity.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { PolicySet } from '../../../src/policy/policy-set.ts';
import { Backtest } from '../../../src/replay/backtest/backtest.ts';
import { joinedTally } from '../../../src/replay/backtest/joined-tally.ts';
import type { BacktestTally } from '../../../src/replay/backtest/tally.ts';
import type { BacktestEffect } from '../../../src/replay/backtest/verdict.ts';
import type { Recorded } from '../../../src/replay/recorded-exchange.ts';
import { MemoryLimiter } from '../../../src/store/memory/limiter.ts';
import { MemoryStore } from '../../../src/store/memory/store.ts';
import { answer, request, TestGate } from '../../support/gate.ts';
import { ana } from '../../support/policies.ts';
import { START } from '../../support/recorded.ts';

/** A request that comes to a gate, and what its upstream answers. */
export interface Happening {
  /** Milliseconds after the one before it. */
  readonly after: number;
  readonly by?: string;
  readonly method?: string;
  readonly params: JsonObject;
  readonly result?: JsonObject;
}

export const call = (tool: string, args: Json, after = 1_000, by = 'ana'): Happening => ({
  ...{ after, by, params: { name: tool, arguments: args } },
});

export const bob: Identity = { ...ana, sub: 'bob', groups: [] };

export interface DayOptions {
  /** Milliseconds by which the clock goes on each time that somebody looks at it. */
  readonly tick?: number;
  readonly originals?: boolean;
  readonly revision?: string;
}

/** What a gate with these policies, and an upstream behind it, records of a day. */
export async function recordedDay(
  policies: PolicySet,
  day: readonly Happening[],
  { tick = 0, originals = true, revision = 'r1' }: DayOptions = {},
): Promise<Recorded[]> {
  let now = START;
  const clock = () => {
    now += tick;
    return now;
  };
  const store = new MemoryStore({ originals });
  const tested = new TestGate([], {
    recorder: store,
    clock,
    limiter: new MemoryLimiter({ clock }),
  });
  const ids: string[] = [];
  for (const { after, by = 'ana', method = 'tools/call', params, result = {} } of day) {
    now += after;
    const first = request(method, params);
    const identity = by === 'ana' ? ana : { ...bob, sub: by };
    const id = `exchange-${String(ids.length + 1).padStart(3, '0')}`;
    const exchange = tested.exchange(first, { id, identity, snapshot: { policies, revision } });
    const { kind } = await tested.gate.pass(first, exchange);
    if (kind === 'forward') await tested.gate.pass(answer(result), exchange);
    exchange.close('answered');
    await tested.gate.settle(exchange);
    ids.push(id);
  }
  const facts = new Map<string, JsonObject | undefined>();
  // The same object for the same digest, as whoever reads many has it.
  const fact = (digest: string) => {
    if (!facts.has(digest)) facts.set(digest, store.fact(digest));
    return facts.get(digest);
  };
  return ids.map((id) => readBack(store, id, fact));
}

function readBack(store: MemoryStore, id: string, fact: NonNullable<Recorded['fact']>): Recorded {
  const record = store.exchange(id);
  if (!record) throw new Error('nothing was recorded');
  const identity = fact(record.identity ?? '') as IdentityFacts | undefined;
  return { record, events: store.events(id), fact, ...(identity && { identity }) };
}

interface BacktestedOptions {
  readonly baseline?: PolicySet | undefined;
  /** Exchanges of each share; left out: all are in one. */
  readonly share?: number;
  /** The last share comes first. */
  readonly backwards?: boolean;
}

/** What a backtest finds, with all examples. */
export function backtested(
  day: readonly Recorded[],
  policies: PolicySet,
  { baseline, share = day.length, backwards = false }: BacktestedOptions = {},
): BacktestTally {
  const options = { engine: backtestEngine, policies, baseline, examples: 1_000 };
  const pass = new LimitPass(1_000);
  const count = Math.ceil(day.length / share);
  const indexes = Array.from({ length: count }, (_, index) => index);
  const tallies = (backwards ? indexes.reverse() : indexes).map((index) => {
    const part = new Backtest(options);
    for (const one of day.slice(index * share, (index + 1) * share)) part.add(one);
    pass.add(index, part.takeLimits());
    return part.tally();
  });
  return joinedTally([...tallies, pass.tally()], 1_000);
}

/** Which exchanges are in rows that go to an effect. */
export function exchangesOf({ rows }: BacktestTally, after: BacktestEffect): string[] {
  return rows
    .filter((row) => row.after === after)
    .flatMap(({ examples }) => examples.map(({ exchange }) => exchange))
    .sort();
}
