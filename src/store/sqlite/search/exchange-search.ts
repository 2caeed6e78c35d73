import type { Database, Statement } from 'better-sqlite3';
import type { ExchangeRecord } from '../../../model/transcript.ts';
import type {
  ExchangeFilter,
  ExchangePage,
  Found,
  FoundPage,
  SearchQuery,
} from '../../contract.ts';
import { fits } from '../../search/fits.ts';
import { cursorText, searchPlace } from '../../search/search-cursor.ts';
import { type TextQuery, textQuery } from '../../search/text-query.ts';
import { exchangeCondition } from './exchange-condition.ts';
import { type ExchangeRow, exchangeColumns, exchangeOf } from './exchange-row.ts';
import { StepWords } from './step-words.ts';

/** What a page of a search looks at, at most: exchanges, and steps and characters of them where words are looked for. */
const MOST_EXCHANGES = 50_000;
const MOST_STEPS = 5_000;
const MOST_CHARACTERS = 8_000_000;
/** Steps, or exchanges, that are read at a time. */
const BATCH = 200;
/** A clock that is set back by no more than this loses nothing, in milliseconds. */
const CLOCK_SLACK = 3_600_000;
/** Statements that are kept prepared. */
const MOST_STATEMENTS = 50;
/** Greater than every id. */
const LAST_ID = '\u{10ffff}';

/** Finds exchanges in a transcript database. */
export class ExchangeSearch {
  readonly #db: Database;
  readonly #columns: string;
  readonly #words: StepWords;
  readonly #byId: Statement<[string], ExchangeRow>;
  readonly #edge;
  readonly #last;
  readonly #statements = new Map<string, Statement<[object], ExchangeRow>>();

  /** @param version of the schema */
  constructor(db: Database, version: number) {
    this.#db = db;
    this.#columns = exchangeColumns(version);
    this.#words = new StepWords(db, version);
    this.#byId = db.prepare(`SELECT ${this.#columns} FROM exchange WHERE id = ?`);
    this.#edge = db.prepare<[string], { id: string; openedAt: number }>(
      `SELECT id, opened_at AS openedAt FROM exchange WHERE id < ?
       ORDER BY id DESC LIMIT 1 OFFSET ${MOST_EXCHANGES - 1}`,
    );
    this.#last = db.prepare<[], number | null>('SELECT max(position) FROM event').pluck();
  }

  /** As TranscriptReader.exchanges. */
  exchanges({ limit, ...filter }: ExchangePage): ExchangeRecord[] {
    return this.#still(() => this.#collect(filter, 'DESC', LAST_ID, limit)).reverse();
  }

  /** As TranscriptReader.exchangesAfter. */
  exchangesAfter(id: string, { limit, ...filter }: ExchangePage): ExchangeRecord[] {
    return this.#still(() => this.#collect(filter, 'ASC', id, limit));
  }

  /** As TranscriptReader.search. */
  search({ limit, cursor, ...filter }: SearchQuery): FoundPage {
    const { text } = filter;
    if (text === undefined) {
      const before = cursor === undefined ? LAST_ID : searchPlace(cursor, false).before;
      return this.#still(() => this.#page(filter, before, limit));
    }
    const query = textQuery(text);
    const place = cursor === undefined ? undefined : searchPlace(cursor, true);
    return this.#still(() => {
      const top = this.#last.get() ?? 0;
      return this.#wordsPage(filter, query, place ?? { position: top + 1, top }, limit);
    });
  }

  /** What is read within sees one state of the database. */
  #still<Result>(read: () => Result): Result {
    return this.#db.transaction(read)();
  }

  /** Exchanges that fit, from an id on, in the order of ids. */
  #collect(
    { text, ...filter }: ExchangeFilter,
    order: 'ASC' | 'DESC',
    from: string,
    limit: number,
  ): ExchangeRecord[] {
    if (text === undefined) return this.#some(filter, order, from, '', limit).map(exchangeOf);
    const query = textQuery(text);
    const found: ExchangeRow[] = [];
    for (let at = from; ; ) {
      const rows = this.#some(filter, order, at, '', BATCH);
      for (const row of rows) {
        if (this.#words.has(query, row.id)) found.push(row);
        if (found.length >= limit) return found.map(exchangeOf);
      }
      const last = rows.at(-1);
      if (rows.length < BATCH || !last) return found.map(exchangeOf);
      at = last.id;
    }
  }

  #page(filter: ExchangeFilter, before: string, limit: number): FoundPage {
    const edge = this.#edge.get(before);
    const rows = this.#some(filter, 'DESC', before, edge?.id ?? '', limit);
    const found = rows.map((row): Found => ({ exchange: exchangeOf(row) }));
    if (rows.length === limit) return { found, ...nextOf(rows.at(-1)?.id) };
    // What is older still was opened before, unless the clock was set back.
    const isPast = edge && filter.since !== undefined && edge.openedAt < filter.since - CLOCK_SLACK;
    return { found, ...(isPast ? {} : nextOf(edge?.id)) };
  }

  #wordsPage(
    filter: ExchangeFilter,
    query: TextQuery,
    { position, top }: { readonly position: number; readonly top: number },
    limit: number,
  ): FoundPage {
    const found: Found[] = [];
    const seen = new Set<string>();
    const meant = this.#meant(filter);
    let [at, steps, characters] = [position, 0, 0];
    while (found.length < limit && steps < MOST_STEPS && characters < MOST_CHARACTERS) {
      const rows = this.#words.candidates(query, at, Math.min(BATCH, limit * 4));
      if (rows.length === 0) return { found };
      for (const row of rows) {
        if (row.at < (filter.since ?? 0) - CLOCK_SLACK) return { found };
        at = row.position;
        steps++;
        const exchange = meant(row.exchange);
        if (!exchange || seen.has(exchange.id)) continue;
        const text = this.#words.text(row);
        characters += text.length;
        const hit = this.#words.hit(query, row, text);
        if (!hit) continue;
        seen.add(exchange.id);
        // Whoever pages has seen it already where a newer step of it has the words.
        if (this.#words.has(query, exchange.id, at, top)) continue;
        found.push({ exchange, hit });
        if (found.length >= limit || characters >= MOST_CHARACTERS) break;
      }
    }
    return { found, next: cursorText({ position: at, top }) };
  }

  /** Looks exchanges up that fit, but for the text, each of them once. */
  #meant(filter: ExchangeFilter): (id: string) => ExchangeRecord | undefined {
    const known = new Map<string, ExchangeRecord | undefined>();
    return (id) => {
      if (known.has(id)) return known.get(id);
      const row = this.#byId.get(id);
      const exchange = row && exchangeOf(row);
      const meant = exchange && fits(exchange, filter) ? exchange : undefined;
      known.set(id, meant);
      return meant;
    };
  }

  /** Rows that fit, but for the text: ids beyond `from`, and not below `edge`. */
  #some(
    filter: ExchangeFilter,
    order: 'ASC' | 'DESC',
    from: string,
    edge: string,
    limit: number,
  ): ExchangeRow[] {
    const { sql, parameters } = exchangeCondition(filter);
    const text = `SELECT ${this.#columns} FROM exchange
      WHERE id ${order === 'ASC' ? '>' : '<'} @from AND id >= @edge AND ${sql}
      ORDER BY id ${order} LIMIT @limit`;
    return this.#prepared(text).all({ ...parameters, from, edge, limit });
  }

  #prepared(sql: string): Statement<[object], ExchangeRow> {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
    const statement = this.#db.prepare<[object], ExchangeRow>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function nextOf(id: string | undefined): { readonly next?: string } {
  return id === undefined ? {} : { next: cursorText({ before: id }) };
}
