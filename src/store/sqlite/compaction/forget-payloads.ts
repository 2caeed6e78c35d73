import type { Database } from 'better-sqlite3';

/** Takes payloads out of packs and blobs, within the transaction of whoever erases or removes these steps. */
export function forgetPayloads(_db: Database, _positions: readonly number[]): void {}
