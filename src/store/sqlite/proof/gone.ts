import Database from 'better-sqlite3';
import type { Finding } from '../../proof/finding.ts';
import type { ChunkResult, Range } from './check-chunk.ts';
import type { MissingFact } from './named-facts.ts';
import type { GoneRecord } from './records.ts';

/** How much is gone by records. */
export interface GoneCounts {
  readonly removed: number;
  readonly erased: number;
  /** Records that are not signed yet. */
  readonly unsigned: number;
}

/** So much older than the oldest step facts are that retention may take. It keeps them longer; milliseconds. */
const OUTLIVED = 86_400_000;
/** For so long a gate may take a fact for written that was erased meanwhile. It writes it again sooner; milliseconds. */
const GOES_ON = 180_000;
/** An exchange is written so much later than it began, at most; milliseconds. */
const WRITTEN_LATE = 60_000;

/** What is gone, and what records say of it: in a temporary database, for either may be millions. */
export class Gone {
  readonly #db = new Database('');
  readonly #addMissing;
  readonly #addErased;
  readonly #addRemoval;
  readonly #addErasure;
  readonly #addFact;
  readonly #addForgetting;
  #unsigned = 0;

  constructor() {
    this.#db.exec(`PRAGMA journal_mode = OFF;
      CREATE TABLE missing (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
      CREATE TABLE removal (first INTEGER NOT NULL, last INTEGER NOT NULL);
      CREATE TABLE erased (exchange TEXT PRIMARY KEY, names INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE erasure (exchange TEXT PRIMARY KEY, names INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE fact (digest TEXT PRIMARY KEY, first REAL NOT NULL, last REAL NOT NULL,
        position INTEGER NOT NULL, exchange TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE forgetting (at REAL NOT NULL);`);
    const keepMore = 'ON CONFLICT DO UPDATE SET names = max(names, excluded.names)';
    this.#addMissing = this.#db.prepare('INSERT OR REPLACE INTO missing VALUES (?, ?)');
    this.#addRemoval = this.#db.prepare('INSERT INTO removal VALUES (?, ?)');
    this.#addErased = this.#db.prepare(`INSERT INTO erased VALUES (?, ?) ${keepMore}`);
    this.#addErasure = this.#db.prepare(`INSERT INTO erasure VALUES (?, ?) ${keepMore}`);
    this.#addFact = this.#db.prepare(
      `INSERT INTO fact VALUES (@digest, @first, @last, @position, @exchange)
       ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
         exchange = iif(excluded.position < position, excluded.exchange, exchange),
         position = min(position, excluded.position)`,
    );
    this.#addForgetting = this.#db.prepare('INSERT INTO forgetting VALUES (?)');
  }

  add({ missing, erased, facts }: Pick<ChunkResult, 'missing' | 'erased' | 'facts'>): void {
    for (const [first, last] of missing) this.#addMissing.run(first, last);
    for (const { exchange, names } of erased) this.#addErased.run(exchange, names ? 1 : 0);
    for (const fact of facts) this.#addFact.run(fact);
  }

  /** Whether anything is gone. */
  get isSome(): boolean {
    const sql =
      'SELECT 1 FROM missing UNION ALL SELECT 1 FROM erased UNION ALL SELECT 1 FROM fact LIMIT 1';
    return this.#db.prepare(sql).get() !== undefined;
  }

  allow({ removed, erased, names, forgot, isSigned }: GoneRecord): void {
    if (!isSigned) this.#unsigned++;
    for (const [first, last] of removed) this.#addRemoval.run(first, last);
    for (const exchange of erased) this.#addErasure.run(exchange, names ? 1 : 0);
    if (forgot !== undefined) this.#addForgetting.run(forgot);
  }

  /**
   * What is gone without a record.
   *
   * @param oldest when the oldest step came that retention has left; undefined where it has removed none
   */
  *findings(oldest?: number): Generator<Finding> {
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
    yield* this.#missedFacts(oldest);
  }

  /**
   * Facts that nothing accounts for. Retention takes those along that were last named long before the oldest step, also
   * where an exchange that is still open named them once. An erasure takes those along that nothing names any more; a
   * gate that has just kept one does not write it again at once.
   */
  *#missedFacts(oldest: number | undefined): Generator<Finding> {
    const facts = this.#db.prepare<[number], MissingFact>(
      `SELECT * FROM fact WHERE last >= ? AND NOT EXISTS (SELECT 1 FROM forgetting
         WHERE at BETWEEN fact.last - ${GOES_ON} AND fact.first + ${WRITTEN_LATE})
       ORDER BY position`,
    );
    const since = oldest === undefined ? Number.MIN_SAFE_INTEGER : oldest - OUTLIVED;
    for (const { digest, position, exchange } of facts.iterate(since)) {
      const why = `the fact ${digest} that it names is gone, and no record accounts for that`;
      yield { wrong: 'removed', position, exchange, why };
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
