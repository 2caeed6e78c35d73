import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { checkIsThere, unreadable } from './unreadable.ts';

/** A part of the database. */
export type StoragePart = 'steps' | 'exchanges' | 'packs' | 'blobs' | 'words' | 'proof' | 'other';

/** What a transcript database takes, all in bytes. */
export interface StorageSize {
  readonly file: number;
  /** The write-ahead log beside it. */
  readonly log: number;
  /** Pages of the file that are not in use. */
  readonly free: number;
  readonly parts: Readonly<Record<StoragePart, number>>;
  readonly exchanges: number;
  readonly steps: number;
  /** When the oldest and the newest step happened, milliseconds since the epoch; undefined where there is none. */
  readonly oldest?: number;
  readonly newest?: number;
  /** Texts of steps, payloads and facts: as they are read, and as they are kept. */
  readonly texts: {
    /** Not compressed yet. */
    readonly plain: number;
    readonly packed: TextSize;
    /** Large ones; `read` counts each as often as steps have it. */
    readonly blobs: TextSize;
  };
  /** Whether pages that are free leave the file: not in one that an earlier sallyport has made. */
  readonly shrinks: boolean;
}

export interface TextSize {
  readonly read: number;
  readonly kept: number;
}

const AUTO_VACUUM_INCREMENTAL = 2;

/** Tables, or the beginning of their names, by what they are part of. */
const partOf: readonly (readonly [StoragePart, RegExp])[] = [
  ['steps', /^event/],
  ['exchanges', /^exchange|^sqlite_autoindex_exchange/],
  ['packs', /^pack$/],
  ['blobs', /^blob$|^sqlite_autoindex_blob/],
  ['words', /^words/],
  ['proof', /^block$|^erased_/],
];

/**
 * Measures a transcript database, beside a gate that writes it. It reads all of the file once.
 *
 * @throws GateError STORE_UNREADABLE
 */
export function storageSize(path: string): StorageSize {
  checkIsThere(path);
  try {
    const db = new Database(path, { readonly: true });
    try {
      return db.transaction(() => measured(db, path))();
    } finally {
      db.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function measured(db: Database.Database, path: string): StorageSize {
  const pragma = (name: string) => db.pragma(name, { simple: true }) as number;
  const one = <Row>(sql: string) => db.prepare<[], Row>(sql).get() as Row;
  const page = pragma('page_size');
  const ends = one<{ oldest: number | null; newest: number | null }>(
    `SELECT (SELECT at FROM event ORDER BY position LIMIT 1) AS oldest,
       (SELECT at FROM event ORDER BY position DESC LIMIT 1) AS newest`,
  );
  return {
    file: pragma('page_count') * page,
    log: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    free: pragma('freelist_count') * page,
    parts: partsOf(db),
    exchanges: one<{ count: number }>('SELECT count(*) AS count FROM exchange').count,
    steps: one<{ count: number }>('SELECT count(*) AS count FROM event').count,
    ...(ends.oldest === null ? {} : { oldest: ends.oldest }),
    ...(ends.newest === null ? {} : { newest: ends.newest }),
    texts: textsOf(db, pragma('user_version') < 4),
    shrinks: pragma('auto_vacuum') === AUTO_VACUUM_INCREMENTAL,
  };
}

function partsOf(db: Database.Database): StorageSize['parts'] {
  const parts = { steps: 0, exchanges: 0, packs: 0, blobs: 0, words: 0, proof: 0, other: 0 };
  const rows = db.prepare<[], { name: string; bytes: number }>(
    'SELECT name, pgsize AS bytes FROM dbstat WHERE aggregate = TRUE',
  );
  for (const { name, bytes } of rows.iterate()) {
    const [part] = partOf.find(([, names]) => names.test(name)) ?? ['other' as const];
    parts[part] += bytes;
  }
  return parts;
}

/** @param isEarlier a database from before there was compaction */
function textsOf(db: Database.Database, isEarlier: boolean): StorageSize['texts'] {
  const one = (sql: string) => db.prepare<[], TextSize>(sql).get() as TextSize;
  const plain = one(
    `SELECT ifnull(sum(ifnull(octet_length(detail), 0) + ifnull(octet_length(payload), 0)), 0) AS read,
       0 AS kept FROM event`,
  ).read;
  const none = { read: 0, kept: 0 };
  if (isEarlier) return { plain, packed: none, blobs: none };
  const sums = (read: string, table: string) =>
    one(
      `SELECT ifnull(sum(${read}), 0) AS read, ifnull(sum(length(data)), 0) AS kept FROM ${table}`,
    );
  return { plain, packed: sums('bytes', 'pack'), blobs: sums('characters * refs', 'blob') };
}
