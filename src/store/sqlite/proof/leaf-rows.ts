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
  readonly last: number | null;
}

/** Digests of what was erased of an exchange's head. */
export interface ErasedNames {
  /** Null where there was no target. */
  readonly target: Uint8Array | null;
  /** Null where who called is kept. */
  readonly names: Uint8Array | null;
}

/** Rows that are read at once: quicker than one by one. */
const PAGE = 32;

const STEPS = `SELECT position, exchange, seq, at, kind, revision, detail, payload, sealed, kept, blob FROM event`;
const EXCHANGE = `SELECT id, opened_at AS openedAt, closed_at AS closedAt, upstream, method, target, session, sub,
    issuer, client, agent, protocol, ip, identity, revision, outcome, effect, rule, lower(hex(salt)) AS salt, lower(hex(secret)) AS secret, last
  FROM exchange WHERE id = ?`;

/** Reads what leaves are made of. */
export class LeafRows {
  readonly #between;
  readonly #of;
  readonly #exchange;
  readonly #erased;
  readonly #erasedNames;

  constructor(db: Database) {
    this.#between = db.prepare<[number, number], StepRow>(
      `${STEPS} WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ${PAGE}`,
    );
    this.#of = db.prepare<[string], StepRow>(`${STEPS} WHERE exchange = ? ORDER BY position`);
    this.#exchange = db.prepare<[string], ExchangeRow>(EXCHANGE);
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
      yield* rows;
      const newest = rows.at(-1);
      if (!newest || rows.length < PAGE) return;
      next = newest.position + 1;
    }
  }

  of(exchange: string): IterableIterator<StepRow> {
    return this.#of.iterate(exchange);
  }

  exchange(id: string): ExchangeRow | undefined {
    return this.#exchange.get(id);
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

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
