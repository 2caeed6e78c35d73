import type { PoolClient } from 'pg';

const migrations: readonly string[] = [
  `CREATE TABLE sallyport_token (
     id text COLLATE "C" PRIMARY KEY,
     owner text COLLATE "C" NOT NULL,
     sealed bytea NOT NULL,
     expires float8 NOT NULL
   );
   CREATE INDEX sallyport_token_by_expiry ON sallyport_token (expires);
   CREATE INDEX sallyport_token_by_owner ON sallyport_token (owner, expires);
   CREATE TABLE sallyport_sealing (key text NOT NULL);`,
];

/** Any number that other programs on the database are unlikely to lock by. */
const LOCK = 7_411_000_002;

/**
 * Brings the database to the current schema, one gate at a time.
 *
 * @throws Error where it is from a newer sallyport
 */
export async function migrateTokens(client: PoolClient): Promise<void> {
  if ((await versionOf(client)) === migrations.length) return;
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const version = await versionOf(client);
    if (version > migrations.length) {
      const known = migrations.length;
      throw new Error(`the database has schema ${version}, newer than this sallyport's ${known}`);
    }
    if (version === 0) await client.query('CREATE TABLE sallyport_tokens (version int NOT NULL)');
    for (const sql of migrations.slice(version)) await client.query(sql);
    await client.query('DELETE FROM sallyport_tokens');
    await client.query('INSERT INTO sallyport_tokens (version) VALUES ($1)', [migrations.length]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** 0 of a database without tokens. */
async function versionOf(client: PoolClient): Promise<number> {
  const known = await client.query(
    `SELECT 1 FROM pg_class WHERE relname = 'sallyport_tokens' AND pg_table_is_visible(oid)`,
  );
  if (known.rows.length === 0) return 0;
  const found = await client.query<{ version: number }>('SELECT version FROM sallyport_tokens');
  return found.rows[0]?.version ?? 0;
}
