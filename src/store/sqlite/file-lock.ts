import { existsSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import { isBusy } from './is-busy.ts';
import { makeOwnFile } from './make-own-file.ts';

/**
 * A lock of the operating system on a file of its own. It ends with whoever holds it, however that process ends, and also
 * holds between containers that share a volume. Node has no such locks, so it is the one by which SQLite locks a file.
 */
export class FileLock {
  readonly #db: Database.Database;
  readonly #path: string;

  private constructor(db: Database.Database, path: string) {
    this.#db = db;
    this.#path = path;
  }

  /** Takes it, and makes the file where there is none; undefined where somebody else has it. Throws where it can't be. */
  static take(path: string): FileLock | undefined {
    for (;;) {
      makeOwnFile(path);
      const file = fileAt(path);
      const db = locked(path);
      if (!db) return undefined;
      // Whoever had it may have removed the file meanwhile: a lock on that would be one of many.
      if (file !== undefined && fileAt(path) === file) return new FileLock(db, path);
      db.close();
    }
  }

  /** Whether anybody holds it; undefined where there is no such file. */
  static isHeld(path: string): boolean | undefined {
    if (!existsSync(path)) return undefined;
    const db = locked(path);
    db?.close();
    return db === undefined;
  }

  /** Lets go of it, and takes the file away unless told otherwise. */
  release({ keep = false }: { readonly keep?: boolean } = {}): void {
    if (!keep) rmSync(this.#path, { force: true });
    this.#db.close();
  }
}

function fileAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Undefined where somebody else has it. */
function locked(path: string): Database.Database | undefined {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 0 });
    // Nothing is written, so there need be no journal beside it.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    if (isBusy(error)) return undefined;
    throw new Error(`cannot lock ${path}: ${messageOf(error)}`, { cause: error });
  }
}
