import type { How, Matched, Missed } from './matching.ts';

/** What became of requests that ask the same of the same. */
export interface AskedRow {
  readonly subject: string;
  asked: number;
  same: number;
  loose: number;
  nearest: number;
  missed: number;
}

/** A request that nothing recorded answers. */
export interface Miss extends Missed {
  readonly upstream: string;
  times: number;
}

/** What a mock was asked, and what it had no answer for. */
export interface MockReport {
  readonly asked: readonly AskedRow[];
  readonly misses: readonly Miss[];
  /** Kinds of misses beyond those. */
  readonly moreMisses: number;
  /** Recorded requests, and how many of them were asked again. */
  readonly recorded: number;
  readonly replayed: number;
}

export interface SummaryOptions {
  /** Hears of each miss as it comes. */
  readonly onMiss: (upstream: string, missed: Missed) => void;
  /** Hears of each request that is answered by one that only comes nearest. */
  readonly onNear: (upstream: string, subject: string, matched: Matched) => void;
}

/** Rows and misses that are kept apart. */
const MAX_ROWS = 2_000;
const MAX_MISSES = 200;
/** Stands for what there is no row for any more. */
const OTHERS = '(others)';

/** Counts what is asked while a mock runs; bounded. */
export class Summary {
  readonly #options: SummaryOptions;
  readonly #rows = new Map<string, AskedRow>();
  readonly #misses = new Map<string, Miss>();
  readonly #replayed = new Set<string>();
  #moreMisses = 0;

  constructor(options: SummaryOptions) {
    this.#options = options;
  }

  get missedAny(): boolean {
    return this.#misses.size > 0;
  }

  /** Something is known of the upstream that answers it. */
  known(subject: string): void {
    this.#count(subject, 'same');
  }

  answered(upstream: string, subject: string, matched: Matched): void {
    this.#count(subject, matched.how);
    this.#replayed.add(matched.exchange);
    if (matched.how === 'nearest') this.#options.onNear(upstream, subject, matched);
  }

  #count(subject: string, how: How): void {
    const row = this.#row(subject);
    row.asked++;
    row[how]++;
  }

  missed(upstream: string, missed: Missed): void {
    const row = this.#row(missed.subject);
    row.asked++;
    row.missed++;
    this.#options.onMiss(upstream, missed);
    const { nearest, subject } = missed;
    const key = JSON.stringify([upstream, subject, nearest?.exchange, nearest?.differs]);
    const known = this.#misses.get(key);
    if (known) known.times++;
    else if (this.#misses.size < MAX_MISSES)
      this.#misses.set(key, { upstream, ...missed, times: 1 });
    else this.#moreMisses++;
  }

  /** @param recorded how many requests can be asked again */
  report(recorded: number): MockReport {
    return {
      asked: [...this.#rows.values()],
      misses: [...this.#misses.values()],
      moreMisses: this.#moreMisses,
      recorded,
      replayed: this.#replayed.size,
    };
  }

  #row(subject: string): AskedRow {
    const name = this.#rows.has(subject) || this.#rows.size < MAX_ROWS ? subject : OTHERS;
    const row = this.#rows.get(name) ?? {
      ...{ subject: name, asked: 0, same: 0, loose: 0, nearest: 0, missed: 0 },
    };
    this.#rows.set(name, row);
    return row;
  }
}
