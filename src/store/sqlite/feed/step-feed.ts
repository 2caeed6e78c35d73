import Database from 'better-sqlite3';
import type { FedStep, FeedLimits, StepSource } from '../../../export/contract.ts';
import type { IdentityFacts } from '../../../model/identity.ts';
import { parseJson } from '../../../model/json.ts';
import type { EventKind } from '../../../model/transcript.ts';
import type { StoredEvent } from '../../contract.ts';
import { Contents } from '../contents.ts';
import { RETENTION_REMOVED, RETENTION_WAITS } from '../retention/retention-progress.ts';
import { checkIsThere, unreadable } from '../unreadable.ts';
import { exchangeIn, type FedExchangeRow, fedColumns } from './step-feed-rows.ts';

interface StepRow {
  readonly position: number;
  readonly exchange: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: EventKind;
  readonly step_revision: string;
  readonly detail: string | null;
  readonly payload: string | null;
  readonly kept: number | null;
  readonly blob: number | null;
}
interface FedRow extends StepRow, FedExchangeRow {
  readonly ends: 0 | 1 | null;
}

/** Steps of a long exchange that are looked at: so many from its beginning, and from before a position. */
const AROUND = 128;
/** Steps by which one may have been kept later than others that happened after it. */
const LATE = 10_000;
/** Callers that are remembered, then forgotten at once. */
const MAX_CALLERS = 10_000;

/** Reads a transcript for exports, beside a daemon that writes it. Originals are nothing that it could read. */
export class StepFeed implements StepSource {
  readonly #db: Database.Database;
  readonly #contents: Contents;
  readonly #after;
  readonly #ofExchange;
  readonly #first;
  readonly #before;
  readonly #payload;
  readonly #fact;
  readonly #idAt;
  readonly #timeAfter;
  readonly #last;
  readonly #since;
  readonly #retention;
  readonly #callers = new Map<string, IdentityFacts | undefined>();

  /** @throws GateError STORE_UNREADABLE */
  constructor(path: string) {
    checkIsThere(path);
    try {
      const db = new Database(path, { readonly: true });
      this.#db = db;
      const version = db.pragma('user_version', { simple: true }) as number;
      const { step, exchange, ends, facts } = fedColumns(version);
      const joined = `SELECT ${step}, ${exchange}, ${ends} AS ends
        FROM event LEFT JOIN exchange ON exchange.id = event.exchange`;
      this.#after = db.prepare<[number, number, number], FedRow>(
        `${joined} WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`,
      );
      this.#ofExchange = db.prepare<[string, number, number], FedRow>(
        `${joined} WHERE event.exchange = ? AND position > ? ORDER BY position LIMIT ?`,
      );
      const some = `SELECT ${step} FROM event WHERE exchange = ?`;
      this.#first = db.prepare<[string, number, number], StepRow>(
        `${some} AND position <= ? ORDER BY position LIMIT ?`,
      );
      this.#before = db.prepare<[string, number, number], StepRow>(
        `${some} AND position <= ? ORDER BY position DESC LIMIT ?`,
      );
      this.#payload = db.prepare<[number], StepRow>(`SELECT ${step} FROM event WHERE position = ?`);
      this.#fact = db.prepare<[string], { facts: string | null }>(facts);
      this.#idAt = db.prepare<[number], { id: string }>(
        `SELECT exchange || '/' || seq AS id FROM event WHERE position = ?`,
      );
      this.#timeAfter = db.prepare<[number], { at: number }>(
        'SELECT at FROM event WHERE position > ? ORDER BY position LIMIT 1',
      );
      this.#last = db.prepare<[], { position: number | null }>(
        'SELECT max(position) AS position FROM event',
      );
      this.#since = db.prepare<[string], { position: number }>(
        `SELECT position FROM event WHERE exchange =
           (SELECT id FROM exchange WHERE id >= ? ORDER BY id LIMIT 1)
         ORDER BY position LIMIT 1`,
      );
      this.#retention = db
        .prepare<[string], number>(
          version < 4 ? 'SELECT 0 WHERE ? IS NULL' : 'SELECT position FROM upkeep WHERE name = ?',
        )
        .pluck();
      this.#contents = new Contents(db);
    } catch (cause) {
      throw unreadable(path, cause);
    }
  }

  version(): number {
    return this.#db.pragma('data_version', { simple: true }) as number;
  }

  after(position: number, limits: FeedLimits): FedStep[] {
    const { to = Number.MAX_SAFE_INTEGER, steps } = limits;
    return this.#bounded(this.#after.iterate(position, to, steps), limits);
  }

  ofExchange(exchange: string, position: number, limits: FeedLimits): FedStep[] {
    return this.#bounded(this.#ofExchange.iterate(exchange, position, limits.steps), limits);
  }

  around(exchange: string, position: number): StoredEvent[] {
    const first = this.#first.all(exchange, position, AROUND);
    const isAll = first.length < AROUND;
    const before = isAll ? [] : this.#before.all(exchange, position, AROUND).reverse();
    const last = first.at(-1)?.position ?? 0;
    const rows = [...first, ...before.filter((row) => row.position > last)];
    return rows.map((row) => stepOf(row, this.#contents.detail(row)));
  }

  payload(position: number): string | undefined {
    const row = this.#payload.get(position);
    return (row && this.#contents.payload(row)) ?? undefined;
  }

  caller(digest: string): IdentityFacts | undefined {
    const known = this.#callers.get(digest);
    if (known) return known;
    const text = this.#fact.get(digest)?.facts;
    if (!text) return undefined;
    const facts = parseJson(text) as unknown as IdentityFacts;
    if (this.#callers.size >= MAX_CALLERS) this.#callers.clear();
    this.#callers.set(digest, facts);
    return facts;
  }

  idAt(position: number): string | undefined {
    return this.#idAt.get(position)?.id;
  }

  timeAfter(position: number): number | undefined {
    return this.#timeAfter.get(position)?.at;
  }

  /**
   * A position after which every exchange lies that was opened since then, in milliseconds since the epoch; there may be
   * others too. Ids begin with the time (RFC 9562, section 5.7).
   */
  positionSince(since: number): number {
    const time = Math.max(0, Math.floor(since)).toString(16).padStart(12, '0');
    const first = this.#since.get(`${time.slice(0, 8)}-${time.slice(8)}`)?.position;
    return Math.max(0, (first ?? this.lastPosition()) - LATE);
  }

  lastPosition(): number {
    return this.#last.get()?.position ?? 0;
  }

  retention(): { readonly removed: number; readonly wanted: number } {
    const of = (name: string) => this.#retention.get(name) ?? 0;
    return { removed: of(RETENTION_REMOVED), wanted: of(RETENTION_WAITS) };
  }

  close(): void {
    this.#db.close();
  }

  /** Rows are taken one at a time: a page of large messages must not be in memory at once. */
  #bounded(rows: Iterable<FedRow>, { characters, payloads }: FeedLimits): FedStep[] {
    const fed: FedStep[] = [];
    let room = characters;
    for (const row of rows) {
      const { detail, payload } = payloads
        ? this.#contents.texts(row)
        : { detail: this.#contents.detail(row), payload: null };
      const step = stepOf(row, detail, payload);
      fed.push({ step, exchange: exchangeIn(row), ends: row.ends === 1 });
      room -= (detail?.length ?? 0) + (payload?.length ?? 0);
      if (room <= 0) break;
    }
    return fed;
  }
}

function stepOf(
  { position, exchange, seq, at, kind, step_revision: revision }: StepRow,
  detail: string | null,
  payload: string | null = null,
): StoredEvent {
  const facts = detail === null ? undefined : (parseJson(detail) as StoredEvent['detail']);
  return {
    ...{ position, exchange, seq, at, kind, revision },
    ...(facts === undefined ? {} : { detail: facts }),
    ...(payload === null ? {} : { payload }),
  };
}
