import type { Clock, Log, TokenEntry, TokenStore } from '../../model/seams.ts';
import {
  CLEANED,
  CLEANED_WHEN_FULL,
  KNOWN_OWNERS,
  type TokenBounds,
  tokensFull,
  tokensOfOwnerFull,
  tokensUnavailable,
} from '../tokens-bounds.ts';
import { PostgresDatabase } from './database.ts';
import { tokensSchema } from './tokens-schema.ts';

/** Gates that share a database may go beyond the bounds by what they write in ten seconds. */
export interface PostgresTokensOptions extends TokenBounds {
  /** `postgres://user:password@host/database?sslmode=verify-full`; a left-out password is that of PGPASSWORD. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How many there were, and when. */
interface Counted {
  readonly size: number;
  readonly at: number;
}

/** How long to wait for a connection and for an answer, in milliseconds. */
const CONNECT = 2_000;
const ANSWER = 5_000;
/** How long a count of all entries is good for, in milliseconds. */
const COUNTED_FOR = 10_000;
/** Stands for all owners together. */
const ALL = '';

// Rows are written in one order by all gates, so that no two writes wait for each other.
const SAVE = `
  WITH gone AS (
    DELETE FROM sallyport_token WHERE id IN (
      SELECT id FROM sallyport_token WHERE expires <= $4 ORDER BY expires LIMIT $5
      FOR UPDATE SKIP LOCKED)
    AND id <> ALL ($1))
  INSERT INTO sallyport_token AS t (id, owner, sealed, expires)
    SELECT id, $6, sealed, expires
    FROM unnest($1::text[], $2::bytea[], $3::float8[]) AS given (id, sealed, expires) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET expires = greatest(t.expires, excluded.expires)`;
const CLEAN = `
  DELETE FROM sallyport_token WHERE id IN (
    SELECT id FROM sallyport_token WHERE expires <= $1 ORDER BY expires LIMIT $2
    FOR UPDATE SKIP LOCKED)`;
// What of an owner's has expired takes no room, though it may be there still.
const COUNT = `
  SELECT
    (SELECT count(*)::int FROM (SELECT 1 FROM sallyport_token LIMIT $1) AS found) AS size,
    (SELECT count(*)::int FROM (
      SELECT 1 FROM sallyport_token WHERE owner = $2 AND expires > $3 LIMIT $4) AS found) AS own`;

/** Tokens in PostgreSQL, for all gates that share the database and the masking key. A message's are one statement. */
export class PostgresTokens implements TokenStore {
  readonly #options: PostgresTokensOptions;
  readonly #database: PostgresDatabase;
  /** By owner. */
  readonly #counted = new Map<string, Counted>();

  constructor(options: PostgresTokensOptions) {
    this.#options = options;
    const { url, log } = options;
    this.#database = new PostgresDatabase({
      url,
      log,
      what: 'the tokens',
      schema: tokensSchema,
      connect: CONNECT,
      answer: ANSWER,
    });
  }

  async save(owner: string, entries: readonly TokenEntry[]): Promise<void> {
    const { clock } = this.#options;
    const unique = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
    await this.#with(async () => {
      await this.#makeRoom(
        owner,
        unique.map(({ id }) => id),
      );
      await this.#database.query(SAVE, [
        unique.map(({ id }) => id),
        unique.map(({ sealed }) => Buffer.from(sealed)),
        unique.map(({ expires }) => expires),
        ...[clock(), CLEANED, owner],
      ]);
    });
    for (const whose of [owner, ALL]) {
      const { size = 0, at = 0 } = this.#counted.get(whose) ?? {};
      this.#counted.set(whose, { size: size + unique.length, at });
    }
  }

  async find(ids: readonly string[]): Promise<ReadonlyMap<string, TokenEntry>> {
    const found = await this.#with(() =>
      this.#database.query<TokenEntry>(
        'SELECT id, sealed, expires FROM sallyport_token WHERE id = ANY ($1)',
        [ids],
      ),
    );
    return new Map(found.rows.map((row) => [row.id, row]));
  }

  async clean(): Promise<void> {
    const given = [this.#options.clock(), CLEANED_WHEN_FULL];
    await this.#with(() => this.#database.query(CLEAN, given));
  }

  async sealedWith(key: string): Promise<string | undefined> {
    return this.#with(async () => {
      const found = await this.#database.query<{ key: string }>(
        'SELECT key FROM sallyport_sealing',
      );
      const [before] = found.rows;
      if (before?.key === key) return key;
      await this.#database.query(
        'WITH gone AS (DELETE FROM sallyport_sealing) INSERT INTO sallyport_sealing VALUES ($1)',
        [key],
      );
      return before?.key;
    });
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** Throws TOKENS_FULL where so many more would be too many. */
  async #makeRoom(owner: string, ids: readonly string[]): Promise<void> {
    const { clock, max, maxOfOwner } = this.#options;
    const fits = (fresh: number) => {
      return this.#fits(ALL, fresh, max) && this.#fits(owner, fresh, maxOfOwner);
    };
    if (fits(ids.length) && this.#isRecent(ALL) && this.#isRecent(owner)) return;
    await this.#count(owner);
    if (fits(ids.length)) return;
    await this.#database.query(CLEAN, [clock(), CLEANED_WHEN_FULL]);
    await this.#count(owner);
    const known = 'SELECT id FROM sallyport_token WHERE id = ANY ($1)';
    const fresh = ids.length - (await this.#database.query(known, [ids])).rows.length;
    if (!this.#fits(owner, fresh, maxOfOwner)) throw tokensOfOwnerFull(maxOfOwner);
    if (!this.#fits(ALL, fresh, max)) throw tokensFull(max);
  }

  #fits(whose: string, fresh: number, max: number): boolean {
    const counted = this.#counted.get(whose);
    return counted !== undefined && counted.size + fresh <= max;
  }

  #isRecent(whose: string): boolean {
    return this.#options.clock() - (this.#counted.get(whose)?.at ?? 0) < COUNTED_FOR;
  }

  /** No further than to where it is too many. */
  async #count(owner: string): Promise<void> {
    const { clock, max, maxOfOwner } = this.#options;
    const at = clock();
    const found = await this.#database.query<{ size: number; own: number }>(COUNT, [
      max + 1,
      ...[owner, at, maxOfOwner + 1],
    ]);
    const { size = 0, own = 0 } = found.rows[0] ?? {};
    if (this.#counted.size > KNOWN_OWNERS) this.#counted.clear();
    this.#counted.set(ALL, { size, at }).set(owner, { size: own, at });
  }

  async #with<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      // It may be another database by now.
      this.#counted.clear();
      throw tokensUnavailable(error);
    }
  }
}
