import type { Database } from 'better-sqlite3';

/** Takes steps out of the index of words, within the transaction of whoever erases or removes them. */
export function forgetWords(_db: Database, _positions: readonly number[]): void {}
