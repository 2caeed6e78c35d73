/** Migrations of a database of counters, by `user_version`. */
export const counterMigrations: readonly string[] = [
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
