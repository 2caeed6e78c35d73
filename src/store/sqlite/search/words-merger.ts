import type { Database } from 'better-sqlite3';

/** Pages of the index that are merged at a time: a few milliseconds. */
const PAGES = 8;

/**
 * Merges a little of the index of words, which takes out what was deleted.
 *
 * @returns a function that does so, and tells whether there is more to merge; its argument is a number of pages, below
 *   0 to put all parts in one row to be merged first
 */
export function wordsMerger(db: Database): (pages?: number) => boolean {
  const merge = db.prepare<[number]>(`INSERT INTO words (words, rank) VALUES ('merge', ?)`);
  const changes = db.prepare<[], number>('SELECT total_changes()').pluck();
  return (pages = PAGES) => {
    const before = changes.get() ?? 0;
    merge.run(pages);
    // Writing the order itself is a change, merging another one (SQLite, FTS5, section 6.8).
    return (changes.get() ?? 0) - before >= 2;
  };
}
