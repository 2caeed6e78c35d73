import type { Database } from 'better-sqlite3';

/** What compaction reads of a row of `event`. */
export interface TextRow {
  readonly position: number;
  readonly at: number;
  readonly detail: string | null;
  readonly payload: string | null;
  readonly kept: number | null;
  /** Whether it has an original. */
  readonly sealed: 0 | 1;
}

const REST = 'position, exchange, seq, at, kind, revision, sealed';
const RANGE = 'FROM event WHERE position BETWEEN ? AND ?';

/**
 * Rows of steps, to be written anew without their texts: a row that only shrinks keeps its room, for nobody. That goes
 * by way of a table in memory, in a quarter of the time that it takes row by row from here.
 */
export class EventRows {
  readonly #between;
  readonly #timeAfter;
  readonly #counts;
  readonly #empty;
  readonly #take;
  readonly #inBlob;
  readonly #remove;
  readonly #put;

  constructor(db: Database) {
    db.pragma('temp_store = MEMORY');
    db.exec(
      `CREATE TEMP TABLE IF NOT EXISTS moved AS SELECT ${REST}, kept, blob FROM event LIMIT 0`,
    );
    this.#between = db.prepare<[number, number], TextRow>(
      `SELECT position, at, detail, payload, kept, sealed IS NOT NULL AS sealed ${RANGE} ORDER BY position`,
    );
    this.#timeAfter = db
      .prepare<[number], number>(
        'SELECT at FROM event WHERE position > ? ORDER BY position LIMIT 1',
      )
      .pluck();
    this.#counts = db
      .prepare<[number, number], number[]>(
        `SELECT count(*), count(detail), count(payload), count(kept), count(sealed) ${RANGE}`,
      )
      .raw();
    this.#empty = db.prepare('DELETE FROM temp.moved');
    this.#take = db.prepare(
      `INSERT INTO temp.moved (${REST}, kept, blob)
       SELECT ${REST}, iif(detail IS NULL AND payload IS NULL, kept, ifnull(kept, 1)), blob
       ${RANGE} ORDER BY position`,
    );
    this.#inBlob = db.prepare('UPDATE temp.moved SET kept = 2, blob = ? WHERE position = ?');
    this.#remove = db.prepare('DELETE FROM event WHERE position BETWEEN ? AND ?');
    this.#put = db.prepare(
      `INSERT INTO main.event (${REST}, kept, blob)
       SELECT ${REST}, kept, blob FROM temp.moved ORDER BY rowid`,
    );
  }

  /** One after the other: nothing may be written meanwhile. */
  between(first: number, last: number): IterableIterator<TextRow> {
    return this.#between.iterate(first, last);
  }

  /** When the first step behind a position came. */
  timeAfter(position: number): number | undefined {
    return this.#timeAfter.get(position);
  }

  /** Makes ready to write them anew; nobody has to wait for this. */
  take(first: number, last: number): void {
    this.#empty.run();
    this.#take.run(first, last);
  }

  /**
   * Whether nothing was taken from them since they were read. Nothing is ever added to a step, so to count what there is
   * tells.
   */
  areAsRead(rows: readonly TextRow[]): boolean {
    const now = this.#counts.get(rows[0]?.position ?? 0, rows.at(-1)?.position ?? 0);
    const count = (has: (row: TextRow) => boolean) => rows.filter(has).length;
    const before = [
      rows.length,
      count(({ detail }) => detail !== null),
      count(({ payload }) => payload !== null),
      count(({ kept }) => kept !== null),
      count(({ sealed }) => sealed === 1),
    ];
    return before.every((number, index) => number === now?.[index]);
  }

  /**
   * Writes what was taken anew, without texts. Within a transaction.
   *
   * @param blobs ids of blobs, by position
   */
  replace(first: number, last: number, blobs: ReadonlyMap<number, number>): void {
    for (const [position, blob] of blobs) this.#inBlob.run(blob, position);
    this.#remove.run(first, last);
    this.#put.run();
  }
}
