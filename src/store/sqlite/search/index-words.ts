import type { Database } from 'better-sqlite3';
import { Contents } from '../contents.ts';
import type { Chore, ChoreContext, ChoreMaker } from '../upkeep/chore.ts';
import { paced } from '../upkeep/paced.ts';
import { Progress } from '../upkeep/progress.ts';
import { indexedWords } from './indexed-words.ts';
import { beginPurge, hasForgottenWords } from './purge-words.ts';
import { rowText, type TextRow } from './row-text.ts';
import { wordsMerger } from './words-merger.ts';
import { WORDS_DONE, WORDS_PURGED } from './words-table.ts';

/** Steps that are read at a time, and characters after which they are written: a few milliseconds. */
const STEPS = 256;
const CHARACTERS = 65_536;
/** Parts that are added before some are merged. */
const PARTS = 4;
/** For each millisecond of work so many of rest: it takes a seventh of a core at most. */
const REST = 6;
/** The same while the gate is busy, and steps that may wait so long. */
const LONG_REST = 30;
const BEHIND = 50_000;
/** The same where more steps than this wait: half of a core indexes more than a gate can record. */
const SHORT_REST = 1;
const FAR_BEHIND = 200_000;
const DAY = 86_400_000;

interface Entry {
  readonly position: number;
  readonly words: string;
}

/** Indexes the words of what may be read, and takes its time: what it has not come to yet is found all the same. */
export const indexWords: ChoreMaker = (context) => {
  if (context.options.search !== true) return undefined;
  return paced(wordIndexing(context), () => performance.now(), restsOf(context));
};

/**
 * Rests are long while the gate is busy, unless searches would have to look through much by themselves: so the index is
 * never behind by more than a bound, however long the gate is busy.
 */
function restsOf({ db, isBusy }: ChoreContext): () => number {
  const done = new Progress(db, WORDS_DONE);
  const last = db.prepare<[], number | null>('SELECT max(position) FROM event').pluck();
  return () => {
    const behind = (last.get() ?? 0) - done.get();
    if (behind > FAR_BEHIND) return SHORT_REST;
    return isBusy?.() === true && behind <= BEHIND ? LONG_REST : REST;
  };
}

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
  readonly #merge;
  readonly #write: (entries: readonly Entry[], last: number) => void;
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
      .prepare<[number, number], number>(
        `SELECT position FROM event
         WHERE position BETWEEN ? AND ?
           AND (payload IS NOT NULL OR kept IS NOT NULL OR detail IS NOT NULL)`,
      )
      .pluck();
    this.#insert = db.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
    this.#merge = wordsMerger(db);
    const write = db.transaction((entries: readonly Entry[], last: number) =>
      this.#add(entries, last),
    );
    this.#write = (entries, last) => write.immediate(entries, last);
    this.#done = db.prepare<[string], number>('SELECT position FROM upkeep WHERE name = ?').pluck();
    this.#note = db.prepare('INSERT OR REPLACE INTO upkeep (name, position) VALUES (?, ?)');
  }

  step(): boolean {
    const done = this.#done.get(WORDS_DONE) ?? 0;
    const { entries, last } = this.#read(done);
    if (last === done) return this.#tidy();
    this.#write(entries, last);
    this.#isMerged = false;
    this.#parts++;
    if (this.#parts % PARTS === 0) this.#merge();
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

  #add(entries: readonly Entry[], last: number): void {
    const there = new Set(this.#there.all(entries[0]?.position ?? last, last));
    for (const { position, words } of entries) {
      // It may have been erased since it was read.
      if (there.has(position)) this.#insert.run(position, words);
    }
    this.#note.run(WORDS_DONE, last);
  }

  /** Merges parts while there is nothing to index, and once a day takes out the words of steps that are gone. */
  #tidy(): boolean {
    if (!this.#isMerged) this.#isMerged = !this.#merge();
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
