import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { GateError, messageOf } from '../../model/errors.ts';
import type { IdentityFacts } from '../../model/identity.ts';
import { parseJson } from '../../model/json.ts';
import type { EventKind, ExchangeRecord, Outcome } from '../../model/transcript.ts';
import type { ExchangeFilter, ExchangePage, StoredEvent, TranscriptReader } from '../contract.ts';

interface ExchangeRow {
  id: string;
  opened_at: number;
  closed_at: number | null;
  upstream: string;
  method: string;
  target: string | null;
  session: string | null;
  sub: string | null;
  issuer: string | null;
  client: string | null;
  agent: string | null;
  protocol: string | null;
  ip: string | null;
  identity: string | null;
  revision: string;
  outcome: Outcome;
  effect: string | null;
  rule: string | null;
}
interface EventRow {
  position: number;
  exchange: string;
  seq: number;
  at: number;
  kind: EventKind;
  revision: string;
  detail: string | null;
  payload: string | null;
}

const EXCHANGE_COLUMNS = `id, opened_at, closed_at, upstream, method, target, session, sub, issuer, client, agent,
  protocol, revision, outcome, effect, rule`;
/** Columns that came with the second version of the schema. */
const LATER_COLUMNS = 'ip, identity';
const EVENT_COLUMNS = 'position, exchange, seq, at, kind, revision, detail, payload';

/** Reads a transcript database, beside a daemon that writes it. */
export class SqliteReader implements TranscriptReader {
  readonly #db: Database.Database;
  readonly #exchanges;
  readonly #after;
  readonly #identity;
  readonly #byId;
  readonly #byEnd;
  readonly #events;
  readonly #eventsAfter;
  readonly #last;

  /** @throws GateError STORE_UNREADABLE */
  constructor(path: string) {
    if (!existsSync(path)) {
      const hint = 'it is made when "sallyport serve" first runs with this configuration';
      throw new GateError('STORE_UNREADABLE', `there is no transcript database at ${path}`, {
        hint,
      });
    }
    try {
      this.#db = new Database(path, { readonly: true });
      // Whoever reads changes nothing, so a database of an earlier sallyport stays as it is.
      const version = this.#db.pragma('user_version', { simple: true }) as number;
      const isFirst = version < 2;
      const columns = `${EXCHANGE_COLUMNS}, ${isFirst ? 'NULL AS ip, NULL AS identity' : LATER_COLUMNS}`;
      this.#exchanges = this.#db.prepare<[Record<string, unknown>], ExchangeRow>(
        `SELECT ${columns} FROM exchange
         WHERE (@upstream IS NULL OR upstream = @upstream) AND (@sub IS NULL OR sub = @sub)
           AND (@target IS NULL OR target = @target) AND (@method IS NULL OR method = @method)
           AND (@outcome IS NULL OR outcome = @outcome) AND (@rule IS NULL OR rule = @rule)
           AND (@session IS NULL OR session = @session) AND (@since IS NULL OR opened_at >= @since)
         ORDER BY id DESC LIMIT @limit`,
      );
      this.#after = this.#db.prepare<[Record<string, unknown>], ExchangeRow>(
        `SELECT ${columns} FROM exchange
         WHERE id > @id AND (@upstream IS NULL OR upstream = @upstream)
           AND (@since IS NULL OR opened_at >= @since)
         ORDER BY id LIMIT @limit`,
      );
      this.#byId = this.#db.prepare<[string], ExchangeRow>(
        `SELECT ${columns} FROM exchange WHERE id = ?`,
      );
      this.#byEnd = this.#db.prepare<[{ end: string }], ExchangeRow>(
        `SELECT ${columns} FROM exchange WHERE substr(id, -length(@end)) = @end LIMIT 2`,
      );
      this.#identity = this.#db.prepare<[string], { facts: string }>(
        isFirst
          ? 'SELECT NULL AS facts WHERE ? IS NULL'
          : `SELECT facts FROM ${version < 4 ? 'identity' : 'fact'} WHERE digest = ?`,
      );
      this.#events = this.#db.prepare<[string], EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM event WHERE exchange = ? ORDER BY seq`,
      );
      this.#eventsAfter = this.#db.prepare<[number, number], EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM event WHERE position > ? ORDER BY position LIMIT ?`,
      );
      this.#last = this.#db.prepare<[], { position: number | null }>(
        'SELECT max(position) AS position FROM event',
      );
    } catch (cause) {
      const message = `cannot read the transcript database ${path}: ${messageOf(cause)}`;
      throw new GateError('STORE_UNREADABLE', message, { cause });
    }
  }

  exchanges(filter: ExchangeFilter): ExchangeRecord[] {
    const { upstream, sub, target, method, outcome, rule, session, since, limit } = filter;
    const given = { upstream, sub, target, method, outcome, rule, session, since };
    const parameters = Object.entries(given).map(([name, value]) => [name, value ?? null]);
    const rows = this.#exchanges.all({ ...Object.fromEntries(parameters), limit });
    return rows.reverse().map(exchangeOf);
  }

  exchange(id: string): ExchangeRecord | undefined {
    const exact = this.#byId.get(id);
    if (exact) return exchangeOf(exact);
    const [only, another] = this.#byEnd.all({ end: id });
    return only && !another ? exchangeOf(only) : undefined;
  }

  exchangesAfter(id: string, { upstream, since, limit }: ExchangePage): ExchangeRecord[] {
    const narrowed = { upstream: upstream ?? null, since: since ?? null };
    return this.#after.all({ id, ...narrowed, limit }).map(exchangeOf);
  }

  identity(digest: string): IdentityFacts | undefined {
    const row = this.#identity.get(digest);
    return row && (parseJson(row.facts) as unknown as IdentityFacts);
  }

  events(exchange: string): StoredEvent[] {
    return this.#events.all(exchange).map(eventOf);
  }

  eventsAfter(position: number, limit: number): StoredEvent[] {
    return this.#eventsAfter.all(position, limit).map(eventOf);
  }

  lastPosition(): number {
    return this.#last.get()?.position ?? 0;
  }

  close(): void {
    this.#db.close();
  }
}

function exchangeOf({ opened_at, closed_at, ...row }: ExchangeRow): ExchangeRecord {
  return present({ ...row, openedAt: opened_at, closedAt: closed_at }) as ExchangeRecord;
}

function eventOf({ detail, ...row }: EventRow): StoredEvent {
  const facts = detail === null ? null : (JSON.parse(detail) as unknown);
  return present({ ...row, detail: facts }) as StoredEvent;
}

/** SQL's nulls are absent members. */
function present(row: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
