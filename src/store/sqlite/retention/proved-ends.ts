import type { Database } from 'better-sqlite3';

/** Where what is removed from the beginning may end: a position, and the time of the newest step up to it. */
export interface End {
  readonly last: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Ends that are looked at one after the other, at most. */
const MOST = 4_096;

/** Finds where to cut: at the end of a block where there is a proof, at any step otherwise. Never at the newest. */
export class ProvedEnds {
  readonly #after;
  readonly #from;
  readonly #last;
  readonly #before;

  constructor(db: Database, { isProved }: { readonly isProved: boolean }) {
    const [table, end, at] = isProved
      ? [
          'block',
          'last',
          `ifnull((SELECT at FROM event WHERE position BETWEEN block.first AND block.last
                   ORDER BY position DESC LIMIT 1), at)`,
        ]
      : ['event', 'position', 'at'];
    const rows = `FROM ${table} WHERE ${end} >= ? AND ${end} < (SELECT max(${end}) FROM ${table})`;
    this.#after = db.prepare<[number], End>(
      `SELECT ${end} AS last, ${at} AS at ${rows} ORDER BY ${end} LIMIT ${MOST}`,
    );
    this.#from = db
      .prepare<[number], number>(`SELECT ${end} ${rows} ORDER BY ${end} LIMIT 1`)
      .pluck();
    this.#last = db
      .prepare<[number], number>(`SELECT ${end} ${rows} ORDER BY ${end} DESC LIMIT 1`)
      .pluck();
    this.#before = db
      .prepare<[number, number], number>(
        `SELECT ${end} ${rows} AND ${end} <= ? ORDER BY ${end} DESC LIMIT 1`,
      )
      .pluck();
  }

  /** Those after a position, oldest first. */
  after(position: number): IterableIterator<End> {
    return this.#after.iterate(position + 1);
  }

  /** The first at a position or behind it, or else the last one after another. */
  nearest(position: number, after: number): number | undefined {
    return this.#from.get(position) ?? this.last(after);
  }

  /** The last one up to a position, after another. */
  upTo(position: number, after: number): number | undefined {
    return this.#before.get(after + 1, position);
  }

  /** The last one after a position. */
  last(after: number): number | undefined {
    return this.#last.get(after + 1);
  }
}
