import type { Database } from 'better-sqlite3';
import { BlobRows } from './blob-rows.ts';
import { PackRows } from './pack-rows.ts';

/**
 * Takes payloads and details out of packs and blobs, within the transaction of whoever erases or removes these steps
 * (also before their rows are gone: those say where to look). What is in the rows themselves is theirs to take away.
 */
export function forgetPayloads(db: Database, positions: readonly number[]): void {
  const keptAt = db.prepare<[number], { kept: number | null; blob: number | null }>(
    'SELECT kept, blob FROM event WHERE position = ?',
  );
  const nowhere = db.prepare('UPDATE event SET kept = NULL, blob = NULL WHERE position = ?');
  const blobs = new BlobRows(db);
  const moved: number[] = [];
  for (const position of positions) {
    const row = keptAt.get(position);
    if (!row || row.kept === null) continue;
    moved.push(position);
    if (row.blob !== null) blobs.release(row.blob);
    nowhere.run(position);
  }
  if (moved.length > 0) new PackRows(db).forget(moved);
}
