import Database from 'better-sqlite3';
import { isObject, type JsonObject, parseJson } from '../../../model/json.ts';
import type { ExchangeRecord, TranscriptEvent } from '../../../model/transcript.ts';
import type { ExchangeFilter } from '../../contract.ts';
import type { MasterKeys } from '../../seal/master-keys.ts';
import { Contents } from '../contents.ts';
import { SealedOriginals } from '../sealed/sealed-originals.ts';
import { exchangeCondition } from '../search/exchange-condition.ts';
import { checkIsThere, NOT_MADE_YET, unreadable } from '../unreadable.ts';
import { type BulkRest, type BulkRow, bulkEvent } from './bulk-event.ts';
import { type BulkHead, BulkRows } from './bulk-rows.ts';
import type { OpenedOriginals } from './opened-originals.ts';

/** Which exchanges are meant; every member narrows. Plain data, for threads too. */
export interface BulkFilter extends Omit<ExchangeFilter, 'text'> {
  readonly upstreams?: readonly string[];
}

export interface BulkOptions {
  readonly filter?: BulkFilter;
  /** Open originals; left out: what is sealed stays so. */
  readonly keys?: MasterKeys | undefined;
  /** Is told which exchanges had an original opened. */
  readonly opened?: Pick<OpenedOriginals, 'note'> | undefined;
}

/** Positions, both ends included. */
export interface PositionRange {
  readonly first: number;
  readonly last: number;
}

/** An exchange with its steps. */
export interface BulkExchange {
  readonly record: ExchangeRecord;
  readonly events: readonly TranscriptEvent[];
}

/** Steps that are read at a time, and exchanges that are so few among them that each is read by itself. */
const WINDOW = 2_000;
const FEW = 40;
const SEARCHED = 50_000;
/** Steps are kept a little later than they happen, and those of a store that failed for a while later still; milliseconds. */
const LATE = 600_000;
/** Facts that are kept while reading. */
const MAX_FACTS = 10_000;

/**
 * Reads exchanges with all their steps as they lie in the file, beside a daemon that writes it: for whoever reads many.
 * An exchange belongs to the range where it begins, so that several readers share a file by ranges.
 */
export class BulkReader {
  readonly #db: Database.Database;
  readonly #filter: BulkFilter;
  readonly #rows: BulkRows;
  readonly #rest: BulkRest;
  readonly #fact;
  readonly #facts = new Map<string, JsonObject | undefined>();

  /** @throws GateError STORE_UNREADABLE */
  constructor(path: string, { filter = {}, keys, opened }: BulkOptions = {}) {
    checkIsThere(path, NOT_MADE_YET);
    try {
      this.#db = new Database(path, { readonly: true });
      const version = this.#db.pragma('user_version', { simple: true }) as number;
      this.#filter = filter;
      this.#rows = new BulkRows(this.#db, version, whereOf(filter));
      this.#rest = restOf(this.#db, this.#rows, { keys: version < 4 ? undefined : keys, opened });
      this.#fact = this.#db
        .prepare<[string], string>(
          version < 2
            ? 'SELECT NULL WHERE ? IS NULL'
            : `SELECT facts FROM ${version < 4 ? 'identity' : 'fact'} WHERE digest = ?`,
        )
        .pluck();
    } catch (cause) {
      throw unreadable(path, cause);
    }
  }

  /** Where what is meant begins and ends; undefined where there is nothing. */
  extent(): PositionRange | undefined {
    const ends = this.#db.prepare<[], { first: number | null; last: number | null }>(
      'SELECT (SELECT min(position) FROM event) AS first, (SELECT max(position) FROM event) AS last',
    );
    const { first, last } = ends.get() ?? {};
    if (first == null || last == null) return undefined;
    const { since, until } = this.#filter;
    // In few steps there is nothing to be gained by looking where a time begins.
    if (last - first < SEARCHED) return { first, last };
    const from = since === undefined ? first : this.#around(first, last, since - LATE);
    const to = until === undefined ? last : this.#around(first, last, until + LATE);
    return from > to ? undefined : { first: from, last: to };
  }

  /** Exchanges that begin in a range and are meant, in the order in which they began. */
  *exchanges({ first, last }: PositionRange): Generator<BulkExchange> {
    for (let from = first; from <= last; from += WINDOW) {
      yield* this.#window(from, Math.min(from + WINDOW - 1, last));
    }
  }

  /** What a digest stands for; the same object for the same digest, so that what is found out of it is found once. */
  fact(digest: string): JsonObject | undefined {
    if (this.#facts.has(digest)) return this.#facts.get(digest);
    if (this.#facts.size >= MAX_FACTS) this.#facts.clear();
    const text = this.#fact.get(digest);
    const value = text === undefined ? undefined : parseJson(text);
    const fact = isObject(value) ? value : undefined;
    this.#facts.set(digest, fact);
    return fact;
  }

  close(): void {
    this.#db.close();
  }

  *#window(first: number, last: number): Generator<BulkExchange> {
    const heads = this.#rows.heads(first, last, this.#parameters());
    if (heads.length === 0) return;
    const steps = new Map<string, BulkRow[]>(heads.map(({ record }) => [record.id, []]));
    const isFew = heads.length <= FEW;
    if (!isFew) {
      for (const row of this.#rows.between(first, last)) steps.get(row.exchange)?.push(row);
    }
    for (const head of heads) {
      const { id } = head.record;
      const rows = steps.get(id) ?? [];
      steps.delete(id);
      if (!isWhole(head, rows)) rows.push(...this.#rows.after(id, isFew ? first - 1 : last));
      const events = rows.map((row) => bulkEvent(row, this.#rest));
      yield { record: head.record, events: inOrder(events) };
    }
  }

  #parameters(): Record<string, unknown> {
    const { upstreams, ...filter } = this.#filter;
    const { parameters } = exchangeCondition(filter);
    return { ...parameters, ...(upstreams && { upstreams: JSON.stringify(upstreams) }) };
  }

  /** The first position, nearly, whose step is of this time or later: steps are kept nearly in the order of time. */
  #around(first: number, last: number, at: number): number {
    const step = this.#db.prepare<[number], { position: number; at: number }>(
      'SELECT position, at FROM event WHERE position >= ? ORDER BY position LIMIT 1',
    );
    let [low, high] = [first, last];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = step.get(middle);
      if (!found || found.at >= at) high = middle;
      else low = found.position + 1;
    }
    return Math.min(low, last);
  }
}

function whereOf({ upstreams, ...filter }: BulkFilter): string {
  const { sql } = exchangeCondition(filter);
  return upstreams ? `${sql} AND x.upstream IN (SELECT value FROM json_each(@upstreams))` : sql;
}

function restOf(
  db: Database.Database,
  rows: BulkRows,
  { keys, opened }: Pick<BulkOptions, 'keys' | 'opened'>,
): BulkRest {
  const contents = new Contents(db);
  const originals = keys && new SealedOriginals(db, keys);
  return {
    payload: (row) => {
      const now = row.kept === null ? rows.large(row.position) : row;
      return (now && contents.payload(now)) ?? undefined;
    },
    detail: (row) => contents.detail(row) ?? undefined,
    original: ({ position, exchange }) => {
      const original = originals?.at(position);
      if (original !== undefined) opened?.note(exchange);
      return original;
    },
  };
}

/** Nothing of it comes later. Who doesn't know where it ended has to look. */
function isWhole({ last }: BulkHead, rows: readonly BulkRow[]): boolean {
  return last !== null && rows.length > last;
}

/** Steps that the store did not take at first come later than those after them. */
function inOrder<Step extends { readonly seq: number }>(steps: Step[]): Step[] {
  const isSorted = steps.every(({ seq }, index) => seq >= (steps[index - 1]?.seq ?? 0));
  return isSorted ? steps : steps.sort((a, b) => a.seq - b.seq);
}
