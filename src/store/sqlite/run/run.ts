import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { FileLock } from '../file-lock.ts';
import { bury } from './bury.ts';
import { closeLeftBy, closeLeftOpen } from './close-left-open.ts';
import { deadRuns } from './dead-runs.ts';
import { runLock, runLocks } from './run-lock.ts';

/**
 * A run of a gate, from its start to its end: two of them may write one database for a while, as in a rolling restart.
 * Its exchanges name it, so that each start ends what dead runs have left open, and nothing else.
 */
export class Run {
  readonly id: number;
  readonly #db: Database;
  readonly #lock: FileLock;

  private constructor(db: Database, id: number, lock: FileLock) {
    this.#db = db;
    this.id = id;
    this.#lock = lock;
  }

  static newName(): string {
    return randomBytes(8).toString('hex');
  }

  /** Ends what dead runs have left open, and begins one. */
  static begin(db: Database, path: string, name: string): Run {
    const now = Date.now();
    const begin = db.transaction(() => {
      const dead = deadRuns(db, path, now);
      bury(db, path, dead);
      removeStrayLocks(db, path);
      const others = count(db);
      const id = insert(db, name, now);
      const lock = FileLock.take(runLock(path, name));
      if (!lock) throw new Error(`the lock of run ${name} is taken`);
      return { dead, others, run: new Run(db, id, lock) };
    });
    const { dead, others, run } = begin.immediate();
    closeLeftOpen(db);
    if (others > 0) closeLeftBy(db, dead);
    return run;
  }

  /** Says that it has ended: nothing is written after that. */
  end(): void {
    let isSaid = false;
    try {
      this.#db.prepare('DELETE FROM run WHERE id = ?').run(this.id);
      isSaid = true;
    } catch {
      // A full disk, say. The lock tells whoever comes next.
    }
    this.#lock.release({ keep: !isSaid });
  }
}

function insert(db: Database, name: string, now: number): number {
  const { lastInsertRowid } = db
    .prepare('INSERT INTO run (name, began, seen) VALUES (?, ?, ?)')
    .run(name, now, now);
  return Number(lastInsertRowid);
}

function count(db: Database): number {
  return db.prepare<[], number>('SELECT count(*) FROM run').pluck().get() ?? 0;
}

/** Lock files that no run names: of a database that was here before this one. */
function removeStrayLocks(db: Database, path: string): void {
  const { folder, prefix } = runLocks(path);
  const named = new Set(db.prepare<[], string>('SELECT name FROM run').pluck().all());
  for (const file of readdirSync(folder)) {
    if (!file.startsWith(prefix) || named.has(file.slice(prefix.length))) continue;
    const lock = join(folder, file);
    if (FileLock.isHeld(lock) === false) rmSync(lock, { force: true });
  }
}
