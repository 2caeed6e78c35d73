import type { Database } from 'better-sqlite3';
import { wordsMerger } from './words-merger.ts';

/** Rows of the index from here on are marks of what was deleted (fts5_index.c, FTS5_TOMBSTONE_ROWID). */
const FIRST_MARK = 2 ** 53;

/** Whether words of steps that are gone are still in the file. */
export function hasForgottenWords(db: Database): boolean {
  const row = db.prepare('SELECT 1 FROM words_data WHERE id >= ? LIMIT 1').get(FIRST_MARK);
  return row !== undefined;
}

/** Puts all parts of the index in one row to be merged. */
export function beginPurge(db: Database): void {
  wordsMerger(db)(-1);
}

/**
 * Takes the words of steps that are gone out of the file, in short transactions of its own. It takes as long as writing
 * the index anew would.
 */
export function purgeWords(db: Database): void {
  if (!hasForgottenWords(db)) return;
  beginPurge(db);
  const merge = wordsMerger(db);
  while (hasForgottenWords(db) && merge());
}
