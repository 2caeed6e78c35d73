import { rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { RunRow } from './dead-runs.ts';
import { runLock } from './run-lock.ts';

/** Forgets runs that are dead: what they have left open is nobody's from then on. */
export function bury(db: Database, path: string, dead: readonly RunRow[]): void {
  const remove = db.prepare('DELETE FROM run WHERE id = ?');
  for (const { id, name } of dead) {
    remove.run(id);
    rmSync(runLock(path, name), { force: true });
  }
}
