import type { Database } from 'better-sqlite3';
import { Contents } from '../contents.ts';
import type { Chore, ChoreContext, ChoreMaker } from '../upkeep/chore.ts';
import { indexedWords } from './indexed-words.ts';
import { paced } from './paced.ts';
import { beginPurge, hasForgottenWords, mergeWords } from './purge-words.ts';
import { rowText, type TextRow } from './row-text.ts';
import { WORDS_DONE, WORDS_PURGED } from './words-table.ts';

/** Steps that are read at a time, and characters of words after which they are written: a few milliseconds. */
const STEPS = 64;
const CHARACTERS = 12_000;
/** Parts that are added before some are merged. */
const PARTS = 4;
const DAY = 86_400_000;

interface Entry {
  readonly position: number;
  readonly words: string;
}

/** Indexes the words of what may be read, and takes its time: what it has not come to yet is found all the same. */
export const indexWords: ChoreMaker = (context) => {
  if (context.options.search !== true) return undefined;
  return paced(wordIndexing(context), () => performance.now());
};

/** The same without rests. */
export function wordIndexing({ db, now }: Pick<ChoreContext, 'db' | 'now'>): Chore {
  const index = new WordIndex(db, now);
  return { name: 'index-words', step: () => index.step() };
}

class WordIndex {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #contents: Contents;
  readonly #next;
  readonly #there;
  readonly #insert;
  readonly #done;
  readonly #note;
  #parts = 0;
  #isMerged = false;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
    this.#contents = new Contents(db);
    this.#next = db.prepare<[number], TextRow>(
      `SELECT position, kind, detail, payload, kept, blob FROM event WHERE position > ?
       ORDER BY position LIMIT ${STEPS}`,
    );
    this.#there = db
      .prepare<[number], number>(
        `SELECT 1 FROM event
         WHERE position = ? AND (payload IS NOT NULL OR kept IS NOT NULL OR detail IS NOT NULL)`,
      )
      .pluck();
    this.#insert = db.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
    this.#done = db.prepare<[string], number>('SELECT position FROM upkeep WHERE name = ?').pluck();
    this.#note = db.prepare('INSERT OR REPLACE INTO upkeep (name, position) VALUES (?, ?)');
  }

  step(): boolean {
    const done = this.#done.get(WORDS_DONE) ?? 0;
    const { entries, last } = this.#read(done);
    if (last === done) return this.#tidy();
    this.#db.transaction(() => this.#write(entries, last)).immediate();
    this.#isMerged = false;
    this.#parts++;
    if (this.#parts % PARTS === 0) mergeWords(this.#db);
    return true;
  }

  /** Words are found while nobody has to wait for it. */
  #read(done: number): { readonly entries: readonly Entry[]; readonly last: number } {
    const entries: Entry[] = [];
    let last = done;
    let characters = 0;
    for (const row of this.#next.iterate(done)) {
      const words = indexedWords(rowText(row, this.#contents));
      if (words !== '') entries.push({ position: row.position, words });
      last = row.position;
      characters += words.length;
      if (characters >= CHARACTERS) break;
    }
    return { entries, last };
  }

  #write(entries: readonly Entry[], last: number): void {
    for (const { position, words } of entries) {
      // It may have been erased since it was read.
      if (this.#there.get(position) === 1) this.#insert.run(position, words);
    }
    this.#note.run(WORDS_DONE, last);
  }

  /** Merges parts while there is nothing to index, and once a day takes out the words of steps that are gone. */
  #tidy(): boolean {
    if (!this.#isMerged) this.#isMerged = !mergeWords(this.#db);
    if (!this.#isMerged) return true;
    if (!hasForgottenWords(this.#db)) return false;
    const now = this.#now();
    if (now - (this.#done.get(WORDS_PURGED) ?? 0) < DAY) return false;
    this.#db
      .transaction(() => {
        beginPurge(this.#db);
        this.#note.run(WORDS_PURGED, Math.floor(now));
      })
      .immediate();
    this.#isMerged = false;
    return true;
  }
}
