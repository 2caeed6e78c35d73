import type { Database } from 'better-sqlite3';

/** Pages of the index that are merged at a time: a few milliseconds. */
const PAGES = 2;
/** Rows of the index from here on are marks of what was deleted (fts5_index.c, FTS5_TOMBSTONE_ROWID). */
const FIRST_MARK = 2 ** 53;

/**
 * Merges a little of the index of words, which takes out what was deleted.
 *
 * @returns whether there is more to merge
 */
export function mergeWords(db: Database, pages = PAGES): boolean {
  const before = changes(db);
  db.prepare(`INSERT INTO words (words, rank) VALUES ('merge', ?)`).run(pages);
  // Writing the order itself is a change, merging another one (SQLite, FTS5, section 6.8).
  return changes(db) - before >= 2;
}

/** Whether words of steps that are gone are still in the file. */
export function hasForgottenWords(db: Database): boolean {
  const row = db.prepare('SELECT 1 FROM words_data WHERE id >= ? LIMIT 1').get(FIRST_MARK);
  return row !== undefined;
}

/** Puts all parts of the index in one row to be merged. */
export function beginPurge(db: Database): void {
  mergeWords(db, -PAGES);
}

/**
 * Takes the words of steps that are gone out of the file, in short transactions of its own. It takes as long as writing
 * the index anew would.
 */
export function purgeWords(db: Database): void {
  if (!hasForgottenWords(db)) return;
  beginPurge(db);
  while (hasForgottenWords(db) && mergeWords(db));
}

function changes(db: Database): number {
  return db.prepare('SELECT total_changes() AS changes').pluck().get() as number;
}
