import type Database from 'better-sqlite3';
import type {
  ExchangeEnd,
  ExchangeHead,
  TranscriptBatch,
  TranscriptEvent,
} from '../../../model/transcript.ts';
import type { MasterKeys } from '../../seal/master-keys.ts';
import { openToChange } from '../open-to-change.ts';
import { recordLostSteps } from '../proof/lost-steps.ts';
import { Run } from '../run/run.ts';
import { migrate } from '../schema.ts';
import { type ExchangeSecrets, type SealedBatch, SealedWriting } from '../sealed/sealed-writing.ts';

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
  /** Master keys that originals are sealed with; left out: originals are not kept. */
  readonly keys?: MasterKeys | undefined;
  /** Name of this run of the gate; left out: one is made. */
  readonly run?: string;
}

/** How long a start waits for others that write, in milliseconds. */
const START = 5_000;
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
  readonly #sealing: SealedWriting;
  readonly #run: Run;

  /** Opens, or makes, the database. */
  constructor({ path, durability, keys, run }: WriterOptions, { busy, checkpoint }: Waiting) {
    this.#db = openToChange(path, { busy: START, make: true });
    // Of a new file only, before anything is in it: what is freed can leave the file.
    this.#db.pragma('auto_vacuum = INCREMENTAL');
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    this.checkpointAfter(checkpoint);
    migrate(this.#db);
    recordLostSteps(this.#db);
    this.#run = Run.begin(this.#db, path, run ?? Run.newName());
    this.#db.pragma(`busy_timeout = ${busy}`);
    this.#sealing = new SealedWriting(this.#db, keys);
    this.#insertFact = this.#db.prepare(
      `INSERT INTO fact (digest, facts, seen) VALUES (?, ?, ?)
       ON CONFLICT (digest) DO UPDATE SET seen = excluded.seen`,
    );
    this.#insertExchange = this.#db.prepare(
      `INSERT INTO exchange (id, opened_at, upstream, method, target, session, sub, issuer, client, agent, protocol,
         ip, identity, revision, salt, secret, period, run)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${this.#run.id})`,
    );
    this.#insertEvents = Array.from({ length: MOST_ROWS }, (_, index) => {
      const rows = Array.from({ length: index + 1 }, () => '(?, ?, ?, ?, ?, ?, ?, ?)');
      return this.#db.prepare(
        `INSERT INTO event (exchange, seq, at, kind, revision, detail, payload, sealed)
         VALUES ${rows.join(', ')}`,
      );
    });
    this.#closeExchange = this.#db.prepare(
      `UPDATE exchange SET closed_at = ?, outcome = ?, effect = ?, rule = ?, last = ?
       WHERE id = ? AND closed_at IS NULL`,
    );
    this.#begin = this.#db.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#db.prepare('COMMIT');
    this.#rollback = this.#db.prepare('ROLLBACK');
  }

  checkpointAfter(pages: number): void {
    this.#db.pragma(`wal_autocheckpoint = ${pages}`);
  }

  /** Writes a group in one transaction; all of it is kept, or none. Throws where it could not be written. */
  write(batch: TranscriptBatch): void {
    // Sealed before the database is locked: others wait for it.
    const sealed = this.#sealing.prepare(batch);
    try {
      this.#begin.run();
      this.#sealing.write(sealed);
      this.#insert(batch, sealed);
      this.#commit.run();
    } catch (error) {
      if (this.#db.inTransaction) this.#rollback.run();
      this.#sealing.rolledBack(batch);
      throw error;
    }
    this.#sealing.committed(batch);
  }

  close(): void {
    this.#run.end();
    this.#db.close();
  }

  #insert({ facts, opened, events, closed }: TranscriptBatch, sealed: SealedBatch): void {
    for (const { digest, facts: text } of facts ?? []) {
      this.#insertFact.run(digest, text, Date.now());
    }
    for (const [index, head] of opened.entries()) this.#open(head, sealed.secrets[index]);
    for (let from = 0; from < events.length; from += MOST_ROWS) {
      const to = from + MOST_ROWS;
      this.#add(events.slice(from, to), sealed.sealed.slice(from, to));
    }
    if (closed.length === 0) return;
    const last = lastSteps(events);
    for (const end of closed) this.#close(end, last.get(end.id) ?? null);
  }

  #open(head: ExchangeHead, secrets: ExchangeSecrets | undefined): void {
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
      secrets?.salt ?? null,
      secrets?.secret ?? null,
      secrets?.period ?? null,
    );
  }

  #add(events: readonly TranscriptEvent[], sealed: SealedBatch['sealed']): void {
    const values = events.flatMap((event, index) => {
      const { exchange, seq, at, kind, revision, detail, payload } = event;
      const facts = detail === undefined ? null : JSON.stringify(detail);
      return [exchange, seq, at, kind, revision, facts, payload ?? null, sealed[index] ?? null];
    });
    this.#insertEvents[events.length - 1]?.run(...values);
  }

  #close({ id, closedAt, outcome, effect, rule }: ExchangeEnd, last: number | null): void {
    this.#closeExchange.run(closedAt, outcome, effect ?? null, rule ?? null, last, id);
  }
}

/** The last step of each exchange: of one that ends with the batch it is the one that ended it. */
function lastSteps(events: readonly TranscriptEvent[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { exchange, seq } of events) {
    if (seq >= (last.get(exchange) ?? 0)) last.set(exchange, seq);
  }
  return last;
}
