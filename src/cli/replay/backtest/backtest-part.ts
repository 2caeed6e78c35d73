import type { IdentityFacts } from '../../../model/identity.ts';
import { compilePolicies, type PolicySource } from '../../../policy/compile.ts';
import type { PolicySet } from '../../../policy/policy-set.ts';
import { Backtest } from '../../../replay/backtest/backtest.ts';
import type { LimitShare } from '../../../replay/backtest/limit-share.ts';
import type { BacktestTally } from '../../../replay/backtest/tally.ts';
import type { MasterKeys } from '../../../store/seal/master-keys.ts';
import { type BulkFilter, BulkReader, type PositionRange } from '../../../store/sqlite/bulk/bulk-reader.ts'; // biome-ignore format: one line says it
import { OpenedOriginals } from '../../../store/sqlite/bulk/opened-originals.ts';
import { backtestEngine } from './backtest-engine.ts';

/** What is judged, and by what. Plain data, for threads. */
export interface BacktestTask {
  readonly path: string;
  readonly keys: MasterKeys | undefined;
  readonly filter: BulkFilter;
  readonly policies: readonly PolicySource[];
  /** Left out: what was decided when it was recorded. */
  readonly baseline?: readonly PolicySource[] | undefined;
  readonly examples: number;
  /** Where exchanges are counted of which an original was opened. */
  readonly opened?: SharedArrayBuffer;
}

/** What a range had that others must see as well: what limits count of it. */
export interface JudgedRange {
  readonly limits: LimitShare | undefined;
}

/** Judges ranges of a transcript database, one after the other. */
export class BacktestPart {
  readonly #reader: BulkReader;
  readonly #backtest: Backtest;

  /** @throws GateError STORE_UNREADABLE */
  constructor({ path, keys, filter, policies, baseline, examples, opened }: BacktestTask) {
    this.#reader = new BulkReader(path, {
      filter,
      keys,
      opened: opened && new OpenedOriginals(opened),
    });
    this.#backtest = new Backtest({
      engine: backtestEngine,
      policies: compiled(policies),
      baseline: baseline && compiled(baseline),
      examples,
    });
  }

  judge(range: PositionRange): JudgedRange {
    const fact = (digest: string) => this.#reader.fact(digest);
    for (const { record, events } of this.#reader.exchanges(range)) {
      const identity = record.identity === undefined ? undefined : fact(record.identity);
      const facts = identity as IdentityFacts | undefined;
      this.#backtest.add({ record, events, fact, ...(facts ? { identity: facts } : {}) });
    }
    return { limits: this.#backtest.takeLimits() };
  }

  tally(): BacktestTally {
    return this.#backtest.tally();
  }

  close(): void {
    this.#reader.close();
  }
}

/** They have compiled before, where whoever asks is told what is wrong with them. */
function compiled(sources: readonly PolicySource[]): PolicySet {
  const { policies } = compilePolicies(sources);
  if (!policies) throw new Error('the policies do not compile');
  return policies;
}
