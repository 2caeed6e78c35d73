import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { ChoreMaker } from './chore.ts';
import { isDue } from './is-due.ts';

/** A log larger than this is begun anew, for which writers have to wait a moment. Bytes. */
export const MAX_LOG = 67_108_864;
/** Passes before writers are made to wait, and the time under which one has little left to move, in milliseconds. */
const MAX_PASSES = 10;
const SHORT_PASS = 20;
/** Moving waits for the disk, so it is done so often only, however busy upkeep is; milliseconds. */
const EVERY = 500;

/** Moves the write-ahead log into the database. */
export const moveLog: ChoreMaker = ({ db, path, now }) => {
  const move = logMover(db, path);
  let due = 0;
  return {
    name: 'move-log',
    step: () => {
      const at = now();
      if (!isDue(at, due, EVERY)) return false;
      move();
      due = at + EVERY;
      return false;
    },
  };
};

/** Moves what has come into the log since the last time, while another connection goes on writing it. */
export function logMover(db: Database, path: string): () => void {
  const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const restart = db.prepare('PRAGMA wal_checkpoint(RESTART)');
  let seen = 0;

  /**
   * While there is always a writer the log never ends by itself. Writers wait for what is left to be moved, so most of
   * it is moved before: each pass leaves only what came during it.
   */
  const beginAnew = () => {
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const began = performance.now();
      passive.all();
      if (performance.now() - began < SHORT_PASS) break;
    }
    restart.all();
  };
  return () => {
    const { mtimeMs, size } = logOf(path);
    if (mtimeMs === seen) return;
    seen = mtimeMs;
    if (size <= MAX_LOG) passive.all();
    else beginAnew();
  };
}

function logOf(path: string): { readonly mtimeMs: number; readonly size: number } {
  return statSync(`${path}-wal`, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
}
