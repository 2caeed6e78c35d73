import type { Database } from 'better-sqlite3';

/**
 * Brings a database to the current schema. One from a newer sallyport is left alone and refused.
 *
 * @param migrations SQL by `user_version`
 */
export function migrateBy(migrations: readonly string[], db: Database): void {
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
