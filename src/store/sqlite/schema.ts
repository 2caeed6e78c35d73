import type { Database } from 'better-sqlite3';
import { similarIndex } from './similar.ts';

/** Migrations by `user_version`. */
const migrations: readonly string[] = [
  `CREATE TABLE exchange (
     id TEXT PRIMARY KEY,
     opened_at REAL NOT NULL,
     closed_at REAL,
     upstream TEXT NOT NULL,
     method TEXT NOT NULL,
     target TEXT,
     session TEXT,
     sub TEXT,
     issuer TEXT,
     client TEXT,
     agent TEXT,
     protocol TEXT,
     revision TEXT NOT NULL,
     outcome TEXT NOT NULL DEFAULT 'open',
     effect TEXT,
     rule TEXT,
     data_key BLOB
   ) WITHOUT ROWID;
   CREATE TABLE event (
     position INTEGER PRIMARY KEY,
     exchange TEXT NOT NULL,
     seq INTEGER NOT NULL,
     at REAL NOT NULL,
     kind TEXT NOT NULL,
     revision TEXT NOT NULL,
     detail TEXT,
     payload TEXT,
     sealed BLOB,
     digest BLOB,
     chain BLOB
   );
   CREATE INDEX event_of_exchange ON event (exchange);`,
  // What tokens said of callers, so that recorded exchanges can be judged again.
  `CREATE TABLE identity (
     digest TEXT PRIMARY KEY,
     facts TEXT NOT NULL
   ) WITHOUT ROWID;
   ALTER TABLE exchange ADD COLUMN ip TEXT;
   ALTER TABLE exchange ADD COLUMN identity TEXT;`,
  // For whoever decides an approval: what came of earlier calls.
  similarIndex,
  // Sealed originals, proof, search, compaction, erasure (docs/decisions/0020).
  `ALTER TABLE identity RENAME TO fact;
   ALTER TABLE exchange DROP COLUMN data_key;
   ALTER TABLE event DROP COLUMN digest;
   ALTER TABLE event DROP COLUMN chain;
   -- Random, 16 bytes: salt of the digest of its names. Null: recorded before there were proofs, or names are erased.
   ALTER TABLE exchange ADD COLUMN salt BLOB;
   -- Random, 32 bytes: part of its data key, and of the salt of its contents. Null as above; without it nothing opens.
   ALTER TABLE exchange ADD COLUMN secret BLOB;
   -- The period whose key its data key is made of; null where nothing is sealed.
   ALTER TABLE exchange ADD COLUMN period INTEGER;
   -- The seq of the step that ended it.
   ALTER TABLE exchange ADD COLUMN last INTEGER;
   -- Where its payload is: null here, 1 in the pack that covers its position, 2 in the blob that blob names.
   ALTER TABLE event ADD COLUMN kept INTEGER;
   ALTER TABLE event ADD COLUMN blob INTEGER;
   -- Keys of periods, wrapped by a master key.
   CREATE TABLE period (
     id INTEGER PRIMARY KEY,
     began REAL NOT NULL,
     master TEXT NOT NULL,
     wrapped BLOB NOT NULL
   );
   -- The proof: a digest for each position from first to last, linked to the block before, and signed.
   CREATE TABLE block (
     last INTEGER PRIMARY KEY,
     first INTEGER NOT NULL,
     at REAL NOT NULL,
     leaves BLOB NOT NULL,
     link BLOB NOT NULL,
     signer TEXT NOT NULL,
     signature BLOB NOT NULL
   );
   -- Digests of what was erased, so that the proof holds.
   CREATE TABLE erased_contents (position INTEGER PRIMARY KEY, digest BLOB NOT NULL);
   CREATE TABLE erased_names (exchange TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
   -- Payloads of many steps, compressed together; and those that many steps have, compressed once.
   CREATE TABLE pack (last INTEGER PRIMARY KEY, first INTEGER NOT NULL, data BLOB NOT NULL);
   CREATE TABLE blob (
     id INTEGER PRIMARY KEY,
     digest BLOB NOT NULL UNIQUE,
     refs INTEGER NOT NULL,
     characters INTEGER NOT NULL,
     data BLOB NOT NULL
   );
   -- How far upkeep has come, by what it does.
   CREATE TABLE upkeep (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;`,
];

export const SCHEMA_VERSION = migrations.length;

/** Brings a database to the current schema. A database from a newer sallyport is left alone and refused. */
export function migrate(db: Database): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `the database has schema ${version}, newer than this sallyport's ${SCHEMA_VERSION}`,
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}
