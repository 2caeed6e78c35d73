import type { Database } from 'better-sqlite3';
import type { EventKind, ExchangeRecord } from '../../../model/transcript.ts';
import type { KeptPayload } from '../contents.ts';
import type { BulkRow } from './bulk-event.ts';

/** Payloads of more bytes are read when they are asked for, so that a window stays small in memory. */
const MAX_WITH_OTHERS = 65_536;
/** Steps of one exchange that are read at most: the first of them, and the last. */
const MOST_STEPS = 10_000;
const LAST_STEPS = 100;

type EventCells = readonly [
  ...[number, string, number, number, EventKind, string, string | null],
  ...[string | null, number, number | null, number | null, number],
];
type LargeCells = readonly [payload: string | null, kept: number | null, blob: number | null];
type HeadCells = readonly (string | number | null)[];

/** An exchange, and the seq of the step that ended it where that is known. */
export interface BulkHead {
  readonly record: ExchangeRecord;
  readonly last: number | null;
}

/** Reads rows as they lie in the file. Statements are prepared once. */
export class BulkRows {
  readonly #heads;
  readonly #events;
  readonly #later;
  readonly #latest;
  readonly #large;

  /**
   * @param version of the schema: whoever reads changes nothing, so a database of an earlier sallyport stays as it is
   * @param where a condition on the columns of `exchange`, with named parameters
   */
  constructor(db: Database, version: number, where: string) {
    const facts = version < 2 ? 'NULL, NULL' : 'x.ip, x.identity';
    const last = version < 4 ? 'NULL' : 'x.last';
    this.#heads = db
      .prepare<[Record<string, unknown>], HeadCells>(
        `SELECT x.id, x.opened_at, x.closed_at, x.upstream, x.method, x.target, x.session, x.sub, x.issuer, x.client,
           x.agent, x.protocol, ${facts}, x.revision, x.outcome, x.effect, x.rule, ${last}
         FROM event e JOIN exchange x ON x.id = e.exchange
         WHERE e.position BETWEEN @first AND @last AND e.seq = 0 AND ${where} ORDER BY e.position`,
      )
      .raw();
    const kept = version < 4 ? 'NULL, NULL' : 'kept, blob';
    const columns = `position, exchange, seq, at, kind, revision, detail,
      CASE WHEN octet_length(payload) > ${MAX_WITH_OTHERS} THEN NULL ELSE payload END,
      ifnull(octet_length(payload), 0) > ${MAX_WITH_OTHERS}, ${kept}, sealed IS NOT NULL`;
    this.#events = db
      .prepare<[number, number], EventCells>(
        `SELECT ${columns} FROM event WHERE position BETWEEN ? AND ? ORDER BY position`,
      )
      .raw();
    this.#later = db
      .prepare<[string, number], EventCells>(
        `SELECT ${columns} FROM event WHERE exchange = ? AND position > ? ORDER BY position
         LIMIT ${MOST_STEPS}`,
      )
      .raw();
    this.#latest = db
      .prepare<[string, number], EventCells>(
        `SELECT ${columns} FROM event WHERE exchange = ? AND position > ? ORDER BY position DESC
         LIMIT ${LAST_STEPS}`,
      )
      .raw();
    this.#large = db
      .prepare<[number], LargeCells>(
        `SELECT payload, ${version < 4 ? 'NULL, NULL' : 'kept, blob'} FROM event WHERE position = ?`,
      )
      .raw();
  }

  /** Exchanges that begin between two positions and fit, in order. */
  heads(first: number, last: number, parameters: Record<string, unknown>): BulkHead[] {
    return this.#heads.all({ ...parameters, first, last }).map(headOf);
  }

  /** All steps between two positions. */
  between(first: number, last: number): BulkRow[] {
    return this.#events.all(first, last).map(rowOf);
  }

  /** Steps of an exchange after a position; of very many the first ones and the last. */
  after(exchange: string, position: number): BulkRow[] {
    const rows = this.#later.all(exchange, position).map(rowOf);
    const end = rows.at(-1);
    if (!end || rows.length < MOST_STEPS) return rows;
    return [...rows, ...this.#latest.all(exchange, end.position).map(rowOf).reverse()];
  }

  /** Where a payload is by now that was too large to be read with others: a gate may have moved it meanwhile. */
  large(position: number): KeptPayload | undefined {
    const cells = this.#large.get(position);
    return cells && { position, payload: cells[0], kept: cells[1], blob: cells[2] };
  }
}

/** Members that aren't there are undefined: one shape for all is quicker than a shape for each. */
function headOf(cells: HeadCells): BulkHead {
  const [id, openedAt, closedAt, upstream, method, target, session, sub, issuer, client] = cells;
  const [, , , , , , , , , , agent, protocol, ip, identity, revision, outcome] = cells;
  const record = {
    id,
    openedAt,
    closedAt: closedAt ?? undefined,
    upstream,
    method,
    target: target ?? undefined,
    session: session ?? undefined,
    sub: sub ?? undefined,
    issuer: issuer ?? undefined,
    client: client ?? undefined,
    agent: agent ?? undefined,
    protocol: protocol ?? undefined,
    ip: ip ?? undefined,
    identity: identity ?? undefined,
    revision,
    outcome,
    effect: cells[16] ?? undefined,
    rule: cells[17] ?? undefined,
  };
  return { record: record as unknown as ExchangeRecord, last: cells[18] as number | null };
}

function rowOf(cells: EventCells): BulkRow {
  const [position, exchange, seq, at, kind, revision, detail, payload] = cells;
  const [, , , , , , , , isLarge, kept, blob, sealed] = cells;
  return {
    position,
    exchange,
    seq,
    at,
    kind,
    revision,
    detail,
    payload,
    kept,
    blob,
    elsewhere: isLarge === 1 || kept !== null,
    hasOriginal: sealed === 1,
  };
}
