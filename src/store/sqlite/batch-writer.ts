import Database from 'better-sqlite3';
import type {
  ExchangeEnd,
  ExchangeHead,
  TranscriptBatch,
  TranscriptEvent,
} from '../../model/transcript.ts';
import { closeLeftOpen } from './left-open.ts';
import { migrate } from './schema.ts';

export interface Waiting {
  /** How long to wait for another connection that holds the database, in milliseconds; this thread sleeps meanwhile. */
  readonly busy: number;
  /** After so many pages of the log this connection moves them into the database; 0 leaves it to others. */
  readonly checkpoint: number;
}

export interface WriterOptions {
  readonly path: string;
  /** `process` survives the daemon's death, `power` a power cut too (SQLite synchronous NORMAL, FULL). */
  readonly durability: 'process' | 'power';
}

/** Events that one statement inserts. */
const MOST_ROWS = 8;

/** The writing connection. Statements are prepared once. */
export class BatchWriter {
  readonly #db: Database.Database;
  readonly #insertFact;
  readonly #insertExchange;
  /** Statements that insert 1, 2, … events: one with many rows costs less than many. */
  readonly #insertEvents: readonly Database.Statement[];
  readonly #closeExchange;
  readonly #begin;
  readonly #commit;
  readonly #rollback;

  /** Opens, or makes, the database. */
  constructor({ path, durability }: WriterOptions, { busy, checkpoint }: Waiting) {
    this.#db = new Database(path);
    this.#db.pragma(`busy_timeout = ${busy}`);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    this.checkpointAfter(checkpoint);
    migrate(this.#db);
    closeLeftOpen(this.#db);
    this.#insertFact = this.#db.prepare('INSERT OR IGNORE INTO fact (digest, facts) VALUES (?, ?)');
    this.#insertExchange = this.#db.prepare(
      `INSERT INTO exchange (id, opened_at, upstream, method, target, session, sub, issuer, client, agent, protocol,
         ip, identity, revision)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertEvents = Array.from({ length: MOST_ROWS }, (_, index) => {
      const rows = Array.from({ length: index + 1 }, () => '(?, ?, ?, ?, ?, ?, ?)');
      return this.#db.prepare(
        `INSERT INTO event (exchange, seq, at, kind, revision, detail, payload)
         VALUES ${rows.join(', ')}`,
      );
    });
    this.#closeExchange = this.#db.prepare(
      'UPDATE exchange SET closed_at = ?, outcome = ?, effect = ?, rule = ? WHERE id = ?',
    );
    this.#begin = this.#db.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#db.prepare('COMMIT');
    this.#rollback = this.#db.prepare('ROLLBACK');
  }

  checkpointAfter(pages: number): void {
    this.#db.pragma(`wal_autocheckpoint = ${pages}`);
  }

  /** Writes a group in one transaction; all of it is kept, or none. Throws where it could not be written. */
  write({ facts, opened, events, closed }: TranscriptBatch): void {
    try {
      this.#begin.run();
      for (const { digest, facts: text } of facts ?? []) this.#insertFact.run(digest, text);
      for (const head of opened) this.#open(head);
      for (let from = 0; from < events.length; from += MOST_ROWS) {
        this.#add(events.slice(from, from + MOST_ROWS));
      }
      for (const end of closed) this.#close(end);
      this.#commit.run();
    } catch (error) {
      if (this.#db.inTransaction) this.#rollback.run();
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #open(head: ExchangeHead): void {
    const { id, openedAt, upstream, method, target, session, sub, issuer, client, agent } = head;
    const { protocol, ip, identity, revision } = head;
    this.#insertExchange.run(
      id,
      openedAt,
      upstream,
      method,
      target ?? null,
      session ?? null,
      sub ?? null,
      issuer ?? null,
      client ?? null,
      agent ?? null,
      protocol ?? null,
      ip ?? null,
      identity ?? null,
      revision,
    );
  }

  #add(events: readonly TranscriptEvent[]): void {
    const values = events.flatMap(({ exchange, seq, at, kind, revision, detail, payload }) => {
      const facts = detail === undefined ? null : JSON.stringify(detail);
      return [exchange, seq, at, kind, revision, facts, payload ?? null];
    });
    this.#insertEvents[events.length - 1]?.run(...values);
  }

  #close({ id, closedAt, outcome, effect, rule }: ExchangeEnd): void {
    this.#closeExchange.run(closedAt, outcome, effect ?? null, rule ?? null, id);
  }
}
