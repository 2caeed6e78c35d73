import type { Database } from 'better-sqlite3';
import { similarIndex } from './similar.ts';

/**
 * Migrations by `user_version`. Columns that sealing and the hash chain fill (`data_key`, `sealed`, `digest`, `chain`)
 * are there from the first version, so that those come without rewriting a transcript.
 */
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
