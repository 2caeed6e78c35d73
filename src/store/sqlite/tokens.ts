import Database from 'better-sqlite3';
import type { Clock, TokenEntry, TokenStore } from '../../model/seams.ts';
import {
  CLEANED,
  CLEANED_WHEN_FULL,
  KNOWN_OWNERS,
  type TokenBounds,
  tokensFull,
  tokensOfOwnerFull,
  tokensUnavailable,
} from '../tokens-bounds.ts';
import { inOwnFile } from './in-own-file.ts';

export interface SqliteTokensOptions extends TokenBounds {
  readonly path: string;
  readonly clock: Clock;
  /** What entries outlive; `process` by default. */
  readonly durability?: 'process' | 'power';
}

const VERSION = 1;
/** Milliseconds that a write waits for another process. */
const BUSY = 1_000;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS token (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    sealed BLOB NOT NULL,
    expires REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS token_by_expiry ON token (expires);
  CREATE INDEX IF NOT EXISTS token_by_owner ON token (owner, expires);
  CREATE TABLE IF NOT EXISTS sealing (key TEXT NOT NULL) STRICT;`;

/** Tokens in a SQLite file of their own: they outlive a restart, and a kill. A message's are one transaction. */
export class SqliteTokens implements TokenStore {
  readonly #options: SqliteTokensOptions;
  readonly #db: Database.Database;
  readonly #save: Database.Transaction<(owner: string, entries: readonly TokenEntry[]) => void>;
  readonly #find: Database.Statement<[string], { sealed: Buffer; expires: number }>;
  readonly #clean: Database.Statement<[number, number]>;
  readonly #count: Database.Statement<[], number>;
  readonly #countOfOwner: Database.Statement<[string, number, number], number>;
  /** Entries there are, as far as this process knows; it is looked up before anything is refused for it. */
  #size: number;
  /** The same of each owner. */
  readonly #sizes = new Map<string, number>();

  /**
   * Opens, or makes, the database.
   *
   * @throws GateError STORE_UNREADABLE
   */
  constructor(options: SqliteTokensOptions) {
    const { path, durability = 'process' } = options;
    this.#options = options;
    this.#db = inOwnFile(path, 'tokens', () => open(path, durability));
    const db = this.#db;
    this.#find = db.prepare('SELECT sealed, expires FROM token WHERE id = ?');
    this.#clean = db.prepare(
      'DELETE FROM token WHERE id IN (SELECT id FROM token WHERE expires <= ? ORDER BY expires LIMIT ?)',
    );
    this.#count = db.prepare<[], number>('SELECT count(*) FROM token').pluck();
    this.#countOfOwner = db
      .prepare<[string, number, number], number>(
        'SELECT count(*) FROM (SELECT 1 FROM token WHERE owner = ? AND expires > ? LIMIT ?)',
      )
      .pluck();
    const insert = db.prepare(
      `INSERT INTO token (id, owner, sealed, expires) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET expires = max(expires, excluded.expires)`,
    );
    this.#size = this.#count.get() ?? 0;
    this.#save = db.transaction((owner, entries) => {
      this.#forget(CLEANED);
      this.#makeRoom(owner, entries);
      for (const { id, sealed, expires } of entries) insert.run(id, owner, sealed, expires);
    });
  }

  save(owner: string, entries: readonly TokenEntry[]): void {
    const before = this.#size;
    try {
      this.#save.immediate(owner, entries);
    } catch (error) {
      this.#size = before;
      this.#sizes.delete(owner);
      throw tokensUnavailable(error);
    }
  }

  find(ids: readonly string[]): ReadonlyMap<string, TokenEntry> {
    try {
      return new Map(
        ids.flatMap((id): [string, TokenEntry][] => {
          const row = this.#find.get(id);
          return row ? [[id, { id, ...row }]] : [];
        }),
      );
    } catch (error) {
      throw tokensUnavailable(error);
    }
  }

  clean(): void {
    try {
      this.#forget(CLEANED_WHEN_FULL);
    } catch (error) {
      throw tokensUnavailable(error);
    }
  }

  sealedWith(key: string): string | undefined {
    const exchange = this.#db.transaction(() => {
      const before = this.#db.prepare<[], string>('SELECT key FROM sealing').pluck().get();
      if (before === key) return before;
      this.#db.exec('DELETE FROM sealing');
      this.#db.prepare('INSERT INTO sealing (key) VALUES (?)').run(key);
      return before;
    });
    return exchange.immediate();
  }

  close(): void {
    this.#db.close();
  }

  #forget(most: number): void {
    this.#size -= this.#clean.run(this.#options.clock(), most).changes;
  }

  #makeRoom(owner: string, entries: readonly TokenEntry[]): void {
    const { max } = this.#options;
    const fresh = new Set(entries.map(({ id }) => id).filter((id) => !this.#find.get(id))).size;
    this.#makeRoomOfOwner(owner, fresh);
    if (this.#size + fresh > max) {
      this.#forget(CLEANED_WHEN_FULL);
      this.#size = this.#count.get() ?? 0;
    }
    if (this.#size + fresh > max) throw tokensFull(max);
    this.#size += fresh;
  }

  #makeRoomOfOwner(owner: string, fresh: number): void {
    const { maxOfOwner, clock } = this.#options;
    const counted = () => this.#countOfOwner.get(owner, clock(), maxOfOwner) ?? 0;
    let size = this.#sizes.get(owner) ?? counted();
    if (size + fresh > maxOfOwner) size = counted();
    if (size + fresh > maxOfOwner) throw tokensOfOwnerFull(maxOfOwner);
    if (this.#sizes.size >= KNOWN_OWNERS) this.#sizes.clear();
    this.#sizes.set(owner, size + fresh);
  }
}

function open(path: string, durability: 'process' | 'power'): Database.Database {
  const db = new Database(path, { timeout: BUSY });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    // What is deleted is overwritten, so that what has expired is gone.
    db.pragma('secure_delete = ON');
    const version = db.pragma('user_version', { simple: true });
    if (version !== 0 && version !== VERSION) {
      throw new Error(`it has version ${version}, and this sallyport reads ${VERSION}`);
    }
    const make = db.transaction(() => {
      db.exec(SCHEMA);
      db.pragma(`user_version = ${VERSION}`);
    });
    if (version !== VERSION) make.immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
