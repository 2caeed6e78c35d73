import Database from 'better-sqlite3';
import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import type { EventKind, ExchangeRecord } from '../../model/transcript.ts';
import type {
  ExchangePage,
  FoundPage,
  SearchQuery,
  StoredEvent,
  TranscriptReader,
} from '../contract.ts';
import type { MasterKeys } from '../seal/master-keys.ts';
import { Contents } from './contents.ts';
import { SealedOriginals } from './sealed/sealed-originals.ts';
import { type ExchangeRow, exchangeColumns, exchangeOf } from './search/exchange-row.ts';
import { ExchangeSearch } from './search/exchange-search.ts';
import { checkIsThere, NOT_MADE_YET, unreadable } from './unreadable.ts';

interface EventRow {
  position: number;
  exchange: string;
  seq: number;
  at: number;
  kind: EventKind;
  revision: string;
  detail: string | null;
  payload: string | null;
  kept: number | null;
  blob: number | null;
  /** Whether it has an original. */
  sealed: 0 | 1;
  /** Whether what it said was erased. */
  erased: 0 | 1;
}

export interface ReaderOptions {
  /** Master keys; left out: nobody has asked for originals. */
  readonly keys?: MasterKeys | undefined;
}

const EVENT_COLUMNS = `position, exchange, seq, at, kind, revision, detail, payload,
  sealed IS NOT NULL AS sealed`;
/** Columns that came with the fourth version of the schema. */
const LATER_COLUMNS = `kept, blob,
  EXISTS (SELECT 1 FROM erased_contents AS e WHERE e.position = event.position) AS erased`;
const EARLIER_COLUMNS = 'NULL AS kept, NULL AS blob, 0 AS erased';

/** Characters of an id (RFC 9562, section 4). */
const WHOLE_ID = 36;

/** Reads a transcript database, beside a daemon that writes it. */
export class SqliteReader implements TranscriptReader {
  readonly #db: Database.Database;
  readonly #search: ExchangeSearch;
  readonly #fact;
  readonly #byId;
  readonly #byEnd;
  readonly #events;
  readonly #stepsAfter;
  readonly #eventsAfter;
  readonly #last;
  readonly #contents: Contents;
  readonly #originals: SealedOriginals | undefined;

  /** @throws GateError STORE_UNREADABLE */
  constructor(path: string, { keys }: ReaderOptions = {}) {
    checkIsThere(path, NOT_MADE_YET);
    try {
      this.#db = new Database(path, { readonly: true });
      // Whoever reads changes nothing, so a database of an earlier sallyport stays as it is.
      const version = this.#db.pragma('user_version', { simple: true }) as number;
      const isFirst = version < 2;
      const columns = exchangeColumns(version);
      const later = version < 4 ? EARLIER_COLUMNS : LATER_COLUMNS;
      const steps = `${EVENT_COLUMNS}, ${later}`;
      this.#search = new ExchangeSearch(this.#db, version);
      this.#byId = this.#db.prepare<[string], ExchangeRow>(
        `SELECT ${columns} FROM exchange WHERE id = ?`,
      );
      this.#byEnd = this.#db.prepare<[{ end: string }], ExchangeRow>(
        `SELECT ${columns} FROM exchange WHERE substr(id, -length(@end)) = @end LIMIT 2`,
      );
      this.#fact = this.#db.prepare<[string], { facts: string }>(
        isFirst
          ? 'SELECT NULL AS facts WHERE ? IS NULL'
          : `SELECT facts FROM ${version < 4 ? 'identity' : 'fact'} WHERE digest = ?`,
      );
      this.#events = this.#db.prepare<[string], EventRow>(
        `SELECT ${steps} FROM event WHERE exchange = ? ORDER BY seq`,
      );
      this.#stepsAfter = this.#db.prepare<[string, number, number], EventRow>(
        `SELECT ${steps} FROM event WHERE exchange = ? AND seq > ? ORDER BY seq LIMIT ?`,
      );
      this.#eventsAfter = this.#db.prepare<[number, number], EventRow>(
        `SELECT ${steps} FROM event WHERE position > ? ORDER BY position LIMIT ?`,
      );
      this.#last = this.#db.prepare<[], { position: number | null }>(
        'SELECT max(position) AS position FROM event',
      );
      this.#contents = new Contents(this.#db);
      this.#originals = keys && version >= 4 ? new SealedOriginals(this.#db, keys) : undefined;
    } catch (cause) {
      throw unreadable(path, cause);
    }
  }

  exchanges(page: ExchangePage): ExchangeRecord[] {
    return this.#search.exchanges(page);
  }

  search(query: SearchQuery): FoundPage {
    return this.#search.search(query);
  }

  exchange(id: string): ExchangeRecord | undefined {
    const exact = this.#byId.get(id);
    if (exact) return exchangeOf(exact);
    // A whole id is the end of no other, and to look for ends is to look at every exchange.
    if (id.length >= WHOLE_ID) return undefined;
    const [only, another] = this.#byEnd.all({ end: id });
    return only && !another ? exchangeOf(only) : undefined;
  }

  exchangesAfter(id: string, page: ExchangePage): ExchangeRecord[] {
    return this.#search.exchangesAfter(id, page);
  }

  fact(digest: string): JsonObject | undefined {
    const row = this.#fact.get(digest);
    const facts = row && parseJson(row.facts);
    return facts !== undefined && isObject(facts) ? facts : undefined;
  }

  events(exchange: string): StoredEvent[] {
    return this.#events.all(exchange).map((row) => this.#eventOf(row));
  }

  stepsAfter(exchange: string, seq: number, limit: number): StoredEvent[] {
    return this.#stepsAfter.all(exchange, seq, limit).map((row) => this.#eventOf(row));
  }

  eventsAfter(position: number, limit: number): StoredEvent[] {
    return this.#eventsAfter.all(position, limit).map((row) => this.#eventOf(row));
  }

  lastPosition(): number {
    return this.#last.get()?.position ?? 0;
  }

  close(): void {
    this.#db.close();
  }

  #eventOf(stored: EventRow): StoredEvent {
    const { detail, sealed, erased, kept: _, blob: __, ...row } = this.#contents.of(stored);
    const facts = detail === null ? null : (JSON.parse(detail) as unknown);
    const members = { ...row, detail: facts, erased: erased === 0 ? null : true };
    const event = present(members) as StoredEvent;
    if (sealed === 0) return event;
    const original = this.#originals?.at(row.position);
    return original === undefined ? { ...event, sealed: true } : { ...event, original };
  }
}

/** SQL's nulls are absent members. */
function present(row: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
