import type { Schema } from './migrate.ts';

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

export const tokensSchema: Schema = { table: 'sallyport_tokens', lock: 7_411_000_002, migrations };
