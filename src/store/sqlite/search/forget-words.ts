import type { Database } from 'better-sqlite3';

/**
 * Takes steps out of the index of words, within the transaction of whoever erases or removes them. They are not found
 * any more; the words themselves leave the file when parts of the index are merged: within a day where a gate runs, at
 * once by {@link purgeWords}.
 */
export function forgetWords(db: Database, positions: readonly number[]): void {
  const forget = db.prepare('DELETE FROM words WHERE rowid = ?');
  for (const position of positions) forget.run(position);
}
