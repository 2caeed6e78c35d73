import type { PoolClient } from 'pg';

/** The tables of one store, which has a database to itself or shares it with others. */
export interface Schema {
  /** Where the version of the schema is kept. */
  readonly table: string;
  /** Any number that neither another store nor another program on the database is likely to lock by. */
  readonly lock: number;
  /** By version. Functions have theirs in their names, so that gates of two versions can run beside each other. */
  readonly migrations: readonly string[];
}

/**
 * Brings the database to the current schema, one gate at a time.
 *
 * @throws Error where it is from a newer sallyport
 */
export async function migrate(client: PoolClient, schema: Schema): Promise<void> {
  const { table, lock, migrations } = schema;
  if ((await versionOf(client, table)) === migrations.length) return;
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [lock]);
    const version = await versionOf(client, table);
    if (version > migrations.length) {
      const known = migrations.length;
      throw new Error(`the database has schema ${version}, newer than this sallyport's ${known}`);
    }
    if (version === 0) await client.query(`CREATE TABLE ${table} (version int NOT NULL)`);
    for (const sql of migrations.slice(version)) await client.query(sql);
    await client.query(`DELETE FROM ${table}`);
    await client.query(`INSERT INTO ${table} (version) VALUES ($1)`, [migrations.length]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** 0 of a database without that schema. */
async function versionOf(client: PoolClient, table: string): Promise<number> {
  // A look-up by to_regclass could still know from before the lock that there is none.
  const known = await client.query(
    'SELECT 1 FROM pg_class WHERE relname = $1 AND pg_table_is_visible(oid)',
    [table],
  );
  if (known.rows.length === 0) return 0;
  const found = await client.query<{ version: number }>(`SELECT version FROM ${table}`);
  return found.rows[0]?.version ?? 0;
}
