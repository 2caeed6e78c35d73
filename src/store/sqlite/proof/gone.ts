import Database from 'better-sqlite3';
import type { Finding } from '../../proof/finding.ts';
import type { Erased, Range } from './check-chunk.ts';
import type { GoneRecord } from './records.ts';

/** How much is gone by records. */
export interface GoneCounts {
  readonly removed: number;
  readonly erased: number;
  /** Records that are not signed yet. */
  readonly unsigned: number;
}

/** What is gone, and what records say of it: in a temporary database, for either may be millions. */
export class Gone {
  readonly #db = new Database('');
  readonly #addMissing;
  readonly #addErased;
  readonly #addRemoval;
  readonly #addErasure;
  #unsigned = 0;

  constructor() {
    this.#db.exec(`PRAGMA journal_mode = OFF;
      CREATE TABLE missing (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
      CREATE TABLE removal (first INTEGER NOT NULL, last INTEGER NOT NULL);
      CREATE TABLE erased (exchange TEXT PRIMARY KEY, names INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE erasure (exchange TEXT PRIMARY KEY, names INTEGER NOT NULL) WITHOUT ROWID;`);
    const keepMore = 'ON CONFLICT DO UPDATE SET names = max(names, excluded.names)';
    this.#addMissing = this.#db.prepare('INSERT OR REPLACE INTO missing VALUES (?, ?)');
    this.#addRemoval = this.#db.prepare('INSERT INTO removal VALUES (?, ?)');
    this.#addErased = this.#db.prepare(`INSERT INTO erased VALUES (?, ?) ${keepMore}`);
    this.#addErasure = this.#db.prepare(`INSERT INTO erasure VALUES (?, ?) ${keepMore}`);
  }

  add(missing: readonly Range[], erased: readonly Erased[]): void {
    for (const [first, last] of missing) this.#addMissing.run(first, last);
    for (const { exchange, names } of erased) this.#addErased.run(exchange, names ? 1 : 0);
  }

  /** Whether anything is gone. */
  get isSome(): boolean {
    const sql = 'SELECT 1 FROM missing UNION ALL SELECT 1 FROM erased LIMIT 1';
    return this.#db.prepare(sql).get() !== undefined;
  }

  allow({ removed, erased, names, isSigned }: GoneRecord): void {
    if (!isSigned) this.#unsigned++;
    for (const [first, last] of removed) this.#addRemoval.run(first, last);
    for (const exchange of erased) this.#addErasure.run(exchange, names ? 1 : 0);
  }

  /** What is gone without a record. */
  *findings(): Generator<Finding> {
    for (const [first, last] of this.#unexplained()) {
      const why = 'no record of the gate says that it removed them';
      yield { wrong: 'removed', position: first, last, why };
    }
    const erased = this.#db.prepare<[], { exchange: string; names: number }>(
      `SELECT erased.exchange, erased.names FROM erased LEFT JOIN erasure USING (exchange)
       WHERE erasure.exchange IS NULL OR erasure.names < erased.names ORDER BY exchange`,
    );
    for (const { exchange, names } of erased.iterate()) {
      const why = `no record says that ${names ? 'who called' : 'its contents'} were erased`;
      yield { wrong: 'erased', position: 0, exchange, why };
    }
  }

  counts(): GoneCounts {
    const one = (sql: string) => this.#db.prepare<[], { count: number }>(sql).get()?.count ?? 0;
    return {
      removed: one('SELECT coalesce(sum(1 + last - first), 0) AS count FROM missing'),
      erased: one('SELECT count(*) AS count FROM erased'),
      unsigned: this.#unsigned,
    };
  }

  close(): void {
    this.#db.close();
  }

  /** Missing positions that no removal covers: both lists are gone through once, side by side. */
  *#unexplained(): Generator<Range> {
    const removals = this.#db
      .prepare<[], { first: number; last: number }>('SELECT * FROM removal ORDER BY first, last')
      .iterate();
    const missing = this.#db.prepare<[], { first: number; last: number }>(
      'SELECT first, last FROM missing ORDER BY first',
    );
    let removal = removals.next();
    /** All up to here that the removals gone through so far cover, from the beginning of the last of them. */
    let [from, to] = [0, -1];
    for (const { first, last } of missing.iterate()) {
      let next = first;
      while (next <= last) {
        if (next >= from && next <= to) {
          next = to + 1;
          continue;
        }
        if (!removal.done && removal.value.first <= next) {
          const { first: begins, last: ends } = removal.value;
          if (begins > to + 1) [from, to] = [begins, ends];
          else to = Math.max(to, ends);
          removal = removals.next();
          continue;
        }
        const end = removal.done ? last : Math.min(last, removal.value.first - 1);
        yield [next, end];
        next = end + 1;
      }
    }
  }
}
