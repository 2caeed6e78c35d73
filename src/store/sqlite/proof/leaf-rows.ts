import type { Database } from 'better-sqlite3';

/** A step as its row has it; the values may be of other types where somebody has tampered with them. */
export interface StepRow {
  readonly position: number;
  readonly exchange: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly revision: string;
  readonly detail: string | null;
  readonly payload: string | null;
  readonly sealed: Uint8Array | null;
  readonly kept: number | null;
  readonly blob: number | null;
}

/** An exchange as its row has it, with the digests of what was erased of it. */
export interface ExchangeRow {
  readonly id: string;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly upstream: string;
  readonly method: string;
  readonly target: string | null;
  readonly session: string | null;
  readonly sub: string | null;
  readonly issuer: string | null;
  readonly client: string | null;
  readonly agent: string | null;
  readonly protocol: string | null;
  readonly ip: string | null;
  readonly identity: string | null;
  readonly revision: string;
  readonly outcome: string;
  readonly effect: string | null;
  readonly rule: string | null;
  /** In hexadecimal digits, as the secret; empty where there is none. Text is read quicker than bytes are. */
  readonly salt: string;
  readonly secret: string;
  /** The period whose key opens its originals. */
  readonly period: number | null;
  readonly last: number | null;
}

/** Digests of what was erased of an exchange's head. */
export interface ErasedNames {
  /** Null where there was no target. */
  readonly target: Uint8Array | null;
  /** Null where who called is kept. */
  readonly names: Uint8Array | null;
}

type StepCells = readonly [
  ...[number, string, number, number, string, string, string | null, string | null],
  ...[Uint8Array | null, number | null, number | null],
];
type ExchangeCells = readonly (string | number | null)[];

/** Rows that are read at once: quicker than one by one. */
const PAGE = 32;

const STEPS = `SELECT position, exchange, seq, at, kind, revision, detail, payload, sealed, kept, blob FROM event`;
const EXCHANGE = `SELECT id, opened_at, closed_at, upstream, method, target, session, sub, issuer, client, agent,
    protocol, ip, identity, revision, outcome, effect, rule, lower(hex(salt)), lower(hex(secret)), period, last
  FROM exchange WHERE id = ?`;

/** Reads what leaves are made of. */
export class LeafRows {
  readonly #between;
  readonly #of;
  readonly #exchange;
  readonly #erased;
  readonly #erasedNames;

  constructor(db: Database) {
    this.#between = db
      .prepare<[number, number], StepCells>(
        `${STEPS} WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ${PAGE}`,
      )
      .raw();
    this.#of = db
      .prepare<[string], StepCells>(`${STEPS} WHERE exchange = ? ORDER BY position`)
      .raw();
    this.#exchange = db.prepare<[string], ExchangeCells>(EXCHANGE).raw();
    this.#erased = db.prepare<[number, number], { position: number; digest: Uint8Array }>(
      'SELECT position, digest FROM erased_contents WHERE position BETWEEN ? AND ?',
    );
    this.#erasedNames = db.prepare<[string], ErasedNames>(
      'SELECT target, names FROM erased_names WHERE exchange = ?',
    );
  }

  /** In pages, for a payload may have megabytes. */
  *between(first: number, last: number): Generator<StepRow> {
    for (let next = first; ; ) {
      const rows = this.#between.all(next, last);
      for (const cells of rows) yield stepOf(cells);
      const newest = rows.at(-1);
      if (!newest || rows.length < PAGE) return;
      next = newest[0] + 1;
    }
  }

  *of(exchange: string): Generator<StepRow> {
    for (const cells of this.#of.iterate(exchange)) yield stepOf(cells);
  }

  exchange(id: string): ExchangeRow | undefined {
    const cells = this.#exchange.get(id);
    return cells && exchangeOf(cells);
  }

  erasedNames(exchange: string): ErasedNames | undefined {
    return this.#erasedNames.get(exchange);
  }

  /** Digests of erased contents, by position. */
  erased(first: number, last: number): Map<number, string> {
    const rows = this.#erased.all(first, last);
    return new Map(rows.map(({ position, digest }) => [position, hexOf(digest)]));
  }
}

/** One shape for all, and cells by their numbers, are much quicker than what the driver makes of names. */
function stepOf(cells: StepCells): StepRow {
  return {
    position: cells[0],
    exchange: cells[1],
    seq: cells[2],
    at: cells[3],
    kind: cells[4],
    revision: cells[5],
    detail: cells[6],
    payload: cells[7],
    sealed: cells[8],
    kept: cells[9],
    blob: cells[10],
  };
}

function exchangeOf(cells: ExchangeCells): ExchangeRow {
  const row = {
    id: cells[0],
    openedAt: cells[1],
    closedAt: cells[2],
    upstream: cells[3],
    method: cells[4],
    target: cells[5],
    session: cells[6],
    sub: cells[7],
    issuer: cells[8],
    client: cells[9],
    agent: cells[10],
    protocol: cells[11],
    ip: cells[12],
    identity: cells[13],
    revision: cells[14],
    outcome: cells[15],
    effect: cells[16],
    rule: cells[17],
    salt: cells[18],
    secret: cells[19],
    period: cells[20],
    last: cells[21],
  };
  return row as unknown as ExchangeRow;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
