import type { Database } from 'better-sqlite3';
import { FileLock } from '../file-lock.ts';
import { runLock } from './run-lock.ts';

/** A run of a gate as the database has it. */
export interface RunRow {
  readonly id: number;
  readonly name: string;
  /** Its last sign of life, milliseconds since the epoch. */
  readonly seen: number;
}

/** A run whose lock file is gone counts as dead after so long without a sign of life; milliseconds. */
export const SILENT = 60_000;

/** Runs of gates that have ended without saying so. */
export function deadRuns(db: Database, path: string, now: number, own?: string): RunRow[] {
  const all = db.prepare<[], RunRow>('SELECT id, name, seen FROM run').all();
  return all.filter((row) => row.name !== own && isDead(row, path, now));
}

/** The operating system knows, unless somebody took the file away, or the database was copied without it. */
function isDead({ name, seen }: RunRow, path: string, now: number): boolean {
  const isHeld = FileLock.isHeld(runLock(path, name));
  return isHeld === undefined ? Math.abs(now - seen) > SILENT : !isHeld;
}
