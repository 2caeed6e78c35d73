import { closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { GateError, messageOf } from '../model/errors.ts';
import type { StepCursor } from '../model/is-cursor-of.ts';

/** How far an export has come. */
export interface Cursor extends StepCursor {
  /** Where the batch ends that was being sent; null where none was. */
  readonly pending: number | null;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS cursor (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  step TEXT,
  pending INTEGER
) WITHOUT ROWID`;
const VERSION = 1;

/** Keeps how far exports have come, in a file of its own: the transcripts are not written for it. */
export class CursorStore {
  readonly #db: Database.Database;
  readonly #get;
  readonly #put;

  /** @throws GateError STORE_UNREADABLE */
  constructor(path: string) {
    try {
      // SQLite gives its other files the mode of this one. One that is there is left alone: to close it otherwise than by
      // SQLite would end the locks of whoever in this process reads it.
      if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
      this.#db = new Database(path);
      this.#db.pragma('busy_timeout = 2000');
      this.#db.pragma('journal_mode = WAL');
      this.#db.pragma('synchronous = FULL');
      const version = this.#db.pragma('user_version', { simple: true }) as number;
      if (version > VERSION) throw new Error(`it has schema ${version}, newer than ${VERSION}`);
      this.#db.exec(SCHEMA);
      this.#db.pragma(`user_version = ${VERSION}`);
    } catch (cause) {
      const message = `cannot open the database of exports ${path}: ${messageOf(cause)}`;
      throw new GateError('STORE_UNREADABLE', message, { cause });
    }
    this.#get = this.#db.prepare<[string], Cursor>(
      'SELECT position, step, pending FROM cursor WHERE name = ?',
    );
    this.#put = this.#db.prepare(
      'INSERT OR REPLACE INTO cursor (name, position, step, pending) VALUES (?, ?, ?, ?)',
    );
  }

  get(name: string): Cursor | undefined {
    return this.#get.get(name);
  }

  put(name: string, { position, step, pending }: Cursor): void {
    this.#put.run(name, position, step, pending);
  }

  close(): void {
    this.#db.close();
  }
}
