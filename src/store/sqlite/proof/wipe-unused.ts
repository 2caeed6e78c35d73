import { fdatasyncSync, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { FIRST_UNSURE, type PageFormat, type PagePart, unusedParts } from './unused-parts.ts';

/** Bytes of the file that are looked at, and wiped, at a time: the gate waits for two milliseconds. */
const PART = 1_048_576;
/** How often, and how long in milliseconds, it is tried to have the file alone. */
const TRIES = 100;
const PATIENCE = 100;
/** Others have their turn between two parts; milliseconds. */
const PAUSE = 5;
/** Row of `upkeep` that counts how often something was wiped. */
const MARK = 'unused-wiped';

/**
 * Wipes what deleted rows left behind. SQLite overwrites what is deleted (`secure_delete`), but not copies that stay in
 * unused parts of a page when rows move on to another one. These parts have no meaning to SQLite, so they are
 * overwritten in the file itself: while nobody can write, the log is empty and so the file is all there is. A change
 * follows, by which other connections drop the pages that they remember.
 *
 * @param tries how often it is tried to have the file alone
 * @returns a resolution; false where others read the log all the time, or the file is too large to tell its pages apart
 */
export async function wipeUnused(path: string, tries = TRIES): Promise<boolean> {
  // It stays open until the process ends: to close it would drop the locks that SQLite has on the file (fcntl).
  const file = openSync(path, 'r+');
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma(`busy_timeout = ${PATIENCE}`);
    const wiping = new Wiping(db, path, { file, tries });
    return await wiping.run();
  } finally {
    db.close();
  }
}

class Wiping {
  readonly #db: Database.Database;
  readonly #log: string;
  readonly #file: number;
  readonly #tries: number;
  readonly #format: PageFormat;
  readonly #part: Buffer;
  readonly #zeros: Buffer;
  readonly #passive;
  readonly #truncate;
  readonly #mark;

  constructor(
    db: Database.Database,
    path: string,
    { file, tries }: { readonly file: number; readonly tries: number },
  ) {
    this.#db = db;
    this.#log = `${path}-wal`;
    this.#file = file;
    this.#tries = tries;
    const number = (name: string) => db.pragma(name, { simple: true }) as number;
    const reserved = Buffer.alloc(1);
    readSync(file, reserved, 0, 1, 20);
    this.#format = {
      size: number('page_size'),
      reserved: reserved[0] ?? 0,
      hasPointerMap: number('auto_vacuum') !== 0,
    };
    this.#part = Buffer.alloc(PART);
    this.#zeros = Buffer.alloc(this.#format.size);
    this.#passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#truncate = db.prepare<[], { busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#mark = db.prepare<[string]>(
      `INSERT INTO upkeep (name, position) VALUES (?, 1)
       ON CONFLICT DO UPDATE SET position = position + 1`,
    );
  }

  async run(): Promise<boolean> {
    if (!(await this.#patiently(() => this.#emptied()))) return false;
    const { size } = fstatSync(this.#file);
    if (size / this.#format.size >= FIRST_UNSURE) return false;
    // From the end: where the file shrinks meanwhile, its last pages take the place of earlier ones.
    for (let at = Math.floor(size / PART) * PART; at >= 0; at -= PART) {
      if (this.#unused(at).length === 0) continue;
      if (!(await this.#patiently(() => this.#wipe(at)))) return false;
      await pause(PAUSE);
    }
    fdatasyncSync(this.#file);
    return this.#patiently(() => this.#emptied());
  }

  async #patiently(work: () => boolean): Promise<boolean> {
    for (let tries = 0; tries < this.#tries; tries++) {
      if (work()) return true;
      await pause(tries % 2 === 0 ? 0 : PATIENCE);
    }
    return false;
  }

  #emptied(): boolean {
    // Most of it is moved while nobody has to wait.
    this.#passive.get();
    this.#passive.get();
    return this.#truncate.get()?.busy === 0;
  }

  /** False where somebody else has written, or still reads what was written. */
  #wipe(at: number): boolean {
    if (!this.#emptied()) return false;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
    } catch {
      return false;
    }
    try {
      if (statSync(this.#log, { throwIfNoEntry: false })?.size) return false;
      for (const { from, to } of this.#unused(at)) {
        writeSync(this.#file, this.#zeros, 0, to - from, from);
      }
      this.#mark.run(MARK);
      this.#db.exec('COMMIT');
      return true;
    } finally {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    }
  }

  /** Unused bytes of a part of the file that are something else than zeros. */
  #unused(at: number): PagePart[] {
    const { size } = this.#format;
    const length = readSync(this.#file, this.#part, 0, PART, at);
    const parts: PagePart[] = [];
    for (let begin = 0; begin + size <= length; begin += size) {
      const page = this.#part.subarray(begin, begin + size);
      for (const { from, to } of unusedParts(page, (at + begin) / size + 1, this.#format)) {
        if (this.#zeros.compare(page, from, to, 0, to - from) === 0) continue;
        parts.push({ from: at + begin + from, to: at + begin + to });
      }
    }
    return parts;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
