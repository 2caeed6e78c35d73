import type { Database } from 'better-sqlite3';
import { wordsTable } from './search/words-table.ts';
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
   -- When it was last named, to the minute: those that nothing names any more are removed.
   ALTER TABLE fact ADD COLUMN seen REAL NOT NULL DEFAULT 0;
   UPDATE fact SET seen = unixepoch() * 1000.0;
   -- Columns that were never used get another name: to drop one would write the whole table anew.
   -- Random, 16 bytes: salt of the digest of its names. Null: recorded before there were proofs, or names are erased.
   ALTER TABLE exchange ADD COLUMN salt BLOB;
   -- Random, 32 bytes: part of its data key, and of the salt of its contents. Null as above; without it nothing opens.
   ALTER TABLE exchange RENAME COLUMN data_key TO secret;
   -- The period whose key its data key is made of; null where nothing is sealed.
   ALTER TABLE exchange ADD COLUMN period INTEGER;
   -- The seq of the step that ended it.
   ALTER TABLE exchange ADD COLUMN last INTEGER;
   -- Where its texts are: null: here; 1: payload and detail in the pack that covers its position, where they are not
   -- here; 2: the payload in the blob that blob names, the detail as with 1. Read both by Contents.
   ALTER TABLE event RENAME COLUMN digest TO kept;
   ALTER TABLE event RENAME COLUMN chain TO blob;
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
     -- Digest of the link and the signature of the block before; null for the first one.
     previous BLOB,
     link BLOB NOT NULL,
     signer TEXT NOT NULL,
     signature BLOB NOT NULL
   );
   -- Digests of what was erased, so that the proof holds.
   CREATE TABLE erased_contents (position INTEGER PRIMARY KEY, digest BLOB NOT NULL);
   -- Of the target, null where it had none, and of who called, null where that is kept.
   CREATE TABLE erased_names (exchange TEXT PRIMARY KEY, target BLOB, names BLOB) WITHOUT ROWID;
   -- Payloads of many steps, compressed together; and those that many steps have, compressed once.
   CREATE TABLE pack (
     last INTEGER PRIMARY KEY,
     first INTEGER NOT NULL,
     -- Of the texts in it, as they were.
     bytes INTEGER NOT NULL,
     data BLOB NOT NULL
   );
   CREATE TABLE blob (
     -- Never given twice: readers remember texts by it.
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     digest BLOB NOT NULL UNIQUE,
     refs INTEGER NOT NULL,
     characters INTEGER NOT NULL,
     data BLOB NOT NULL
   );
   -- How far upkeep has come, by what it does.
   CREATE TABLE upkeep (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
   ${wordsTable}`,
  // Runs of gates, so that none ends what another has open.
  `CREATE TABLE run (
     -- Never given twice: exchanges name it.
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     -- The end of the name of its lock file.
     name TEXT NOT NULL UNIQUE,
     began REAL NOT NULL,
     -- Its last sign of life.
     seen REAL NOT NULL
   );
   -- The run that has it open, or had.
   ALTER TABLE exchange ADD COLUMN run INTEGER;`,
];

export const SCHEMA_VERSION = migrations.length;

/**
 * Brings a database to the current schema. A database from a newer sallyport is left alone and refused.
 *
 * @param to an earlier version to stop at
 */
export function migrate(db: Database, to = SCHEMA_VERSION): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `the database has schema ${version}, newer than this sallyport's ${SCHEMA_VERSION}`,
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version || index >= to) continue;
    db.transaction(() => {
      // Another gate that starts may have done it meanwhile.
      if ((db.pragma('user_version', { simple: true }) as number) > index) return;
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}
