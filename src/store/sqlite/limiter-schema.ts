import type { Database } from 'better-sqlite3';

/** Migrations by `user_version`. */
const migrations: readonly string[] = [
  `CREATE TABLE counter (
     key TEXT PRIMARY KEY,
     total INTEGER NOT NULL,
     expires REAL NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX counter_by_expiry ON counter (expires);
   CREATE TABLE taken (
     key TEXT NOT NULL,
     at REAL NOT NULL,
     takes INTEGER NOT NULL,
     PRIMARY KEY (key, at)
   ) WITHOUT ROWID;`,
];

/** Brings a database of counters to the current schema. One from a newer sallyport is left alone and refused. */
export function migrateCounters(db: Database): void {
  const migrate = db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version > migrations.length) {
      const known = migrations.length;
      throw new Error(`the database has schema ${version}, newer than this sallyport's ${known}`);
    }
    for (const sql of migrations.slice(version)) db.exec(sql);
    db.pragma(`user_version = ${migrations.length}`);
  });
  migrate.immediate();
}
