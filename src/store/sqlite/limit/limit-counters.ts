import Database from 'better-sqlite3';
import type { LimitClaim } from '../../../model/decision.ts';
import type { LimitReached } from '../../../model/seams.ts';
import { entryTime, forgettable, isReached, type Wanted, wantedOf } from '../../limits-wanted.ts';
import { migrateBy } from '../migrate-by.ts';
import { counterMigrations } from './limiter-schema.ts';

/** Counts, and entries of them, that one cleaning looks at. */
const MOST_COUNTS = 256;
const MOST_ENTRIES = 1_024;

/** The connection to a database of counters. Statements are prepared once. */
export class LimitCounters {
  readonly #db: Database.Database;
  readonly #total;
  readonly #forget;
  readonly #subtract;
  readonly #oldest;
  readonly #add;
  readonly #count;
  readonly #over;
  readonly #dropEntries;
  readonly #drop;
  readonly #group;

  /**
   * Opens, or makes, the database.
   *
   * @param options.busy how long this thread sleeps for somebody else's lock, in milliseconds
   */
  constructor({ path, busy }: { readonly path: string; readonly busy: number }) {
    const db = new Database(path);
    this.#db = db;
    db.pragma('busy_timeout = 5000');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    migrateBy(counterMigrations, db);
    db.pragma(`busy_timeout = ${busy}`);
    this.#total = db.prepare<[string], { total: number }>(
      'SELECT total FROM counter WHERE key = ?',
    );
    this.#forget = db.prepare<[string, number], { takes: number }>(
      'DELETE FROM taken WHERE key = ? AND at <= ? RETURNING takes',
    );
    this.#subtract = db.prepare('UPDATE counter SET total = total - ? WHERE key = ?');
    this.#oldest = db.prepare<[string], { at: number; takes: number }>(
      'SELECT at, takes FROM taken WHERE key = ? ORDER BY at',
    );
    this.#add = db.prepare(
      `INSERT INTO taken (key, at, takes) VALUES (?, ?, ?)
       ON CONFLICT (key, at) DO UPDATE SET takes = takes + excluded.takes`,
    );
    this.#count = db.prepare(
      `INSERT INTO counter (key, total, expires) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET total = total + excluded.total, expires = max(expires, excluded.expires)`,
    );
    this.#over = db.prepare<[number, number], { key: string }>(
      'SELECT key FROM counter WHERE expires <= ? ORDER BY expires LIMIT ?',
    );
    this.#dropEntries = db.prepare<[{ key: string; room: number }], { takes: number }>(
      `DELETE FROM taken WHERE key = $key AND at IN (SELECT at FROM taken WHERE key = $key LIMIT $room)
       RETURNING takes`,
    );
    this.#drop = db.prepare('DELETE FROM counter WHERE key = ?');
    this.#group = db.transaction((takes: readonly (readonly LimitClaim[])[], now: number) =>
      takes.map((claims) => this.#takeOne(claims, now)),
    );
  }

  /** Takes one after the other, all in one transaction. Throws where it could not be kept; then nothing was taken. */
  take(
    takes: readonly (readonly LimitClaim[])[],
    now: number,
  ): readonly (LimitReached | undefined)[] {
    return this.#group.immediate(takes, now);
  }

  /** Forgets some of what is over. */
  clean(now: number): void {
    this.#db
      .transaction(() => {
        let room = MOST_ENTRIES;
        for (const { key } of this.#over.all(now, MOST_COUNTS)) {
          const gone = this.#dropEntries.all({ key, room });
          room -= gone.length;
          if (room <= 0) {
            this.#subtract.run(sumOf(gone), key);
            return;
          }
          this.#drop.run(key);
        }
      })
      .immediate();
  }

  /** After so many pages of the log this connection moves them into the database; 0 leaves it to others. */
  checkpointAfter(pages: number): void {
    this.#db.pragma(`wal_autocheckpoint = ${pages}`);
  }

  close(): void {
    this.#db.close();
  }

  #takeOne(claims: readonly LimitClaim[], now: number): LimitReached | undefined {
    const wanted = wantedOf(claims);
    if (isReached(wanted)) return wanted;
    for (const one of wanted) {
      const reached = this.#reached(one, now);
      if (reached) return reached;
    }
    for (const { key, takes, claim } of wanted) {
      const time = entryTime(now, claim);
      this.#add.run(key, time, takes);
      this.#count.run(key, takes, forgettable(time, claim));
    }
    return undefined;
  }

  #reached({ key, takes, claim }: Wanted, now: number): LimitReached | undefined {
    const before = this.#total.get(key)?.total ?? 0;
    const gone = before > 0 ? this.#forget.all(key, now - claim.per) : [];
    const less = sumOf(gone);
    if (less > 0) this.#subtract.run(less, key);
    const over = before - less + takes - claim.calls;
    if (over <= 0) return undefined;
    return { claim, until: (this.#timeOf(key, over) ?? now) + claim.per };
  }

  /** The time of the entry with which so many takes will be over. */
  #timeOf(key: string, takes: number): number | undefined {
    let over = 0;
    for (const entry of this.#oldest.iterate(key)) {
      over += entry.takes;
      if (over >= takes) return entry.at;
    }
    return undefined;
  }
}

function sumOf(entries: readonly { readonly takes: number }[]): number {
  return entries.reduce((sum, { takes }) => sum + takes, 0);
}
