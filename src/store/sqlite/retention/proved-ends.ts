import type { Database } from 'better-sqlite3';

/** Where what is removed from the beginning may end. */
export interface End {
  readonly last: number;
  /** Steps behind the end before it. */
  readonly steps: number;
  /** When the step there came, milliseconds since the epoch; null where it is gone. */
  readonly at: number | null;
  /** When the block was signed that ends there: no step of it is younger. */
  readonly signed: number;
}

/** Ends that are looked at one after the other, at most. */
const MOST = 4_096;

/** Finds where to cut: at the end of a block where there is a proof, at any step otherwise. Never at the newest. */
export class ProvedEnds {
  readonly #after;
  readonly #newest;

  constructor(db: Database, { isProved }: { readonly isProved: boolean }) {
    const [table, end, steps, at] = isProved
      ? ['block', 'last', '1 + last - first', '(SELECT at FROM event WHERE position = block.last)']
      : ['event', 'position', '1', 'at'];
    const rows = `FROM ${table} WHERE ${end} > ? AND ${end} < (SELECT max(${end}) FROM ${table})`;
    this.#after = db.prepare<[number], End>(
      `SELECT ${end} AS last, ${steps} AS steps, ${at} AS at, ${table}.at AS signed
       ${rows} ORDER BY ${end} LIMIT ${MOST}`,
    );
    this.#newest = db
      .prepare<[number], number>(`SELECT ${end} ${rows} ORDER BY ${end} DESC LIMIT 1`)
      .pluck();
  }

  /** Those after a position, oldest first. */
  after(position: number): IterableIterator<End> {
    return this.#after.iterate(position);
  }

  /** The newest one. */
  newest(): number | undefined {
    return this.#newest.get(0);
  }
}
