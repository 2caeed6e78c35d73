import { firstExamples } from './first-examples.ts';
import {
  type BacktestCaller,
  type BacktestExample,
  type BacktestRow,
  type BacktestTally,
  callerKey,
  MOST_CALLERS,
  MOST_ROWS,
  rowKey,
} from './tally.ts';
import type { BacktestEffect } from './verdict.ts';

/** A row without what is counted. */
export type DifferenceRow = Omit<BacktestRow, 'exchanges' | 'examples'>;

/** What became of an exchange, and what would become of it. */
export interface Compared {
  readonly before: BacktestEffect;
  readonly after: BacktestEffect;
  /** Left out where they are alike. */
  readonly row?: DifferenceRow | undefined;
  /** Alike, and another rule has decided. */
  readonly otherRule: boolean;
  readonly sub: string;
  readonly issuer: string;
}

type Counted = 'matrix' | 'rows' | 'moreRows' | 'callers' | 'moreCallers' | 'otherRule';
type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };
type CountedCaller = BacktestCaller & { changed: number; kinds: Record<string, number> };

/** Counts exchanges that were judged twice: by effect, by kind of difference, by caller. */
export class Differences {
  readonly #examples: number;
  readonly #counts = { otherRule: 0, moreRows: 0, moreCallers: 0 };
  readonly #matrix = new Map<string, number>();
  readonly #rows = new Map<string, Writable<BacktestRow>>();
  readonly #callers = new Map<string, CountedCaller>();

  /** @param examples kept of each kind of difference */
  constructor(examples: number) {
    this.#examples = examples;
  }

  /** @param example asked only where there is room for it */
  note(compared: Compared, at: number, example: () => BacktestExample): void {
    const { before, after, row } = compared;
    const cell = `${before} ${after}`;
    this.#matrix.set(cell, (this.#matrix.get(cell) ?? 0) + 1);
    if (compared.otherRule) this.#counts.otherRule++;
    if (!row) return;
    this.#noteRow(row, at, example);
    if (row.difference !== 'open') this.#noteCaller(compared, `${before} → ${after}`);
  }

  tally(): Pick<BacktestTally, Counted> {
    return {
      ...this.#counts,
      matrix: Object.fromEntries(this.#matrix),
      rows: [...this.#rows.values()],
      callers: [...this.#callers.values()],
    };
  }

  #noteRow(row: DifferenceRow, at: number, example: () => BacktestExample): void {
    const key = rowKey(row);
    const known = this.#rows.get(key);
    if (!known && this.#rows.size >= MOST_ROWS) this.#counts.moreRows++;
    else if (!known) {
      const examples = this.#examples > 0 ? [example()] : [];
      this.#rows.set(key, { ...row, exchanges: 1, examples });
    } else {
      known.exchanges++;
      if (known.examples.length < this.#examples) known.examples = [...known.examples, example()];
      else if (known.examples.some((one) => at < one.at)) {
        known.examples = firstExamples([...known.examples, example()], this.#examples);
      }
    }
  }

  #noteCaller({ sub, issuer }: Compared, kind: string): void {
    const key = callerKey({ sub, issuer });
    let caller = this.#callers.get(key);
    if (!caller) {
      if (this.#callers.size >= MOST_CALLERS) {
        this.#counts.moreCallers++;
        return;
      }
      caller = { sub, issuer, changed: 0, kinds: {} };
      this.#callers.set(key, caller);
    }
    caller.changed++;
    caller.kinds[kind] = (caller.kinds[kind] ?? 0) + 1;
  }
}
