import type { Database } from 'better-sqlite3';
import type { Found } from '../../contract.ts';
import { excerpt } from '../../search/excerpt.ts';
import { textMatch } from '../../search/text-match.ts';
import type { TextQuery } from '../../search/text-query.ts';
import { Contents } from '../contents.ts';
import { hasBeginning, indexQuery } from './indexed-words.ts';
import { rowText, type TextRow } from './row-text.ts';
import { WORDS_DONE } from './words-table.ts';

/** A step whose text can be looked through. */
export interface StepRow extends TextRow {
  readonly exchange: string;
  readonly seq: number;
  readonly at: number;
}

/**
 * Tells which steps have the words that are looked for. The index says where they may be, the text of a step whether they
 * are; steps that are not indexed yet are looked through one by one.
 */
export class StepWords {
  readonly #contents: Contents | undefined;
  readonly #done;
  readonly #newest;
  readonly #indexed;
  readonly #isIndexed;
  readonly #bounds;
  readonly #of;
  readonly #at;

  /** @param version of the schema */
  constructor(db: Database, version: number) {
    const isNew = version >= 4;
    const columns = `position, exchange, seq, at, kind, detail, payload,
      ${isNew ? 'kept, blob' : 'NULL AS kept, NULL AS blob'}`;
    this.#contents = isNew ? new Contents(db) : undefined;
    this.#done = isNew
      ? db.prepare<[string], number>('SELECT position FROM upkeep WHERE name = ?').pluck()
      : undefined;
    this.#newest = db.prepare<[number, number, number], StepRow>(
      `SELECT ${columns} FROM event WHERE position < ? AND position > ?
       ORDER BY position DESC LIMIT ?`,
    );
    this.#indexed = isNew
      ? db
          .prepare<[string, number, number], number>(
            'SELECT rowid FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?',
          )
          .pluck()
      : undefined;
    this.#isIndexed = isNew
      ? db
          .prepare<[string, number, number], number>(
            'SELECT 1 FROM words WHERE words MATCH ? AND rowid >= ? AND rowid <= ? LIMIT 1',
          )
          .pluck()
      : undefined;
    this.#bounds = db.prepare<[string], { first: number | null; last: number | null }>(
      'SELECT min(position) AS first, max(position) AS last FROM event WHERE exchange = ?',
    );
    this.#of = db.prepare<[string, number, number], StepRow>(
      `SELECT ${columns} FROM event WHERE exchange = ? AND position > ? AND position <= ?`,
    );
    this.#at = db.prepare<[number], StepRow>(`SELECT ${columns} FROM event WHERE position = ?`);
  }

  /** Steps at smaller positions that may have the words, newest first. An empty list: there are no more. */
  candidates(query: TextQuery, before: number, limit: number): readonly StepRow[] {
    const question = indexQuery(query);
    if (!this.#indexed || question === undefined) return this.#newest.all(before, 0, limit);
    const done = this.#done?.get(WORDS_DONE) ?? 0;
    const fresh = before > done + 1 ? this.#newest.all(before, done, limit) : [];
    if (fresh.length > 0) return fresh;
    for (let at = Math.min(before, done + 1); ; ) {
      const positions = this.#indexed.all(question, at, limit);
      const rows = positions.flatMap((position) => this.#at.get(position) ?? []);
      if (rows.length > 0 || positions.length === 0) return rows;
      // The index may know steps that are gone.
      at = positions.at(-1) ?? 0;
    }
  }

  /** What a step has of the words. */
  hit(query: TextQuery, row: StepRow, text: string): NonNullable<Found['hit']> | undefined {
    const place = textMatch(query, text);
    const { seq, kind, at } = row;
    return place && { seq, kind, at, excerpt: excerpt(text, place) };
  }

  /** Whether a step of an exchange has the words, above one position and up to another. */
  has(query: TextQuery, exchange: string, above = 0, upTo = Number.MAX_SAFE_INTEGER): boolean {
    const { first, last } = this.#bounds.get(exchange) ?? {};
    if (typeof first !== 'number' || typeof last !== 'number' || last <= above) return false;
    const [from, to] = [Math.max(first, above + 1), Math.min(last, upTo)];
    if (!this.#mayHave(query, from, to)) return false;
    for (const row of this.#of.iterate(exchange, above, upTo)) {
      if (textMatch(query, this.text(row))) return true;
    }
    return false;
  }

  /** What the index says of steps from one position to another. */
  #mayHave(query: TextQuery, from: number, to: number): boolean {
    // That is asked of one exchange after the other, and each answer would take as long as for all of them.
    const question = hasBeginning(query) ? undefined : indexQuery(query);
    if (!this.#isIndexed || question === undefined) return true;
    if (to > (this.#done?.get(WORDS_DONE) ?? 0)) return true;
    return this.#isIndexed.get(question, from, to) === 1;
  }

  text(row: StepRow): string {
    return rowText(row, this.#contents);
  }
}
