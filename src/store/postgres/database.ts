import { Pool, type PoolClient, type PoolConfig, type QueryResult, type QueryResultRow } from 'pg';
import { messageOf } from '../../model/errors.ts';
import type { Log } from '../../model/seams.ts';
import { migrate, type Schema } from './migrate.ts';

export interface PostgresDatabaseOptions {
  /** `postgres://user:password@host/database?sslmode=verify-full`; a left-out password is that of PGPASSWORD. */
  readonly url: string;
  readonly log: Log;
  /** What is kept there, as the log says it: `the counters`. */
  readonly what: string;
  readonly schema: Schema;
  /** Milliseconds to wait for a connection that is free, and for an answer. */
  readonly connect: number;
  readonly answer: number;
}

/** Connections at a time. */
const CONNECTIONS = 8;

/**
 * A pool of connections to a PostgreSQL database whose schema is brought to the current one before the first query. The
 * server may be away: queries reject then, and the next one tries anew.
 */
export class PostgresDatabase {
  readonly #options: PostgresDatabaseOptions;
  readonly #pool: Pool;
  readonly #underWay = new Set<Promise<unknown>>();
  #ready: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: PostgresDatabaseOptions) {
    this.#options = options;
    this.#pool = new Pool({
      ...connectionOptions(options.url, options.connect),
      max: CONNECTIONS,
      query_timeout: options.answer,
    });
    this.#pool.on('connect', (client) => {
      // Whatever the database's own default is: writes that meet must wait for each other, not fail, and what nobody
      // waits for any longer must not be written later.
      const level = 'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED';
      client.query(`${level}; SET statement_timeout = ${options.answer}`).catch(() => undefined);
    });
    // Of a connection that nobody uses; the next query makes another.
    this.#pool.on('error', (error) => {
      options.log.debug({ cause: error.message }, `a connection to ${options.what} was lost`);
    });
  }

  query<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<QueryResult<Row>> {
    const query = this.#query<Row>(sql, values).finally(() => this.#underWay.delete(query));
    this.#underWay.add(query);
    return query;
  }

  /** Resolves once the schema is there; where it can't be had the next query tries again. */
  prepared(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw new Error(messageOf(error), { cause: error });
    });
    return this.#ready;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#pool.end();
  }

  async #query<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    if (this.#closing) throw new Error(`${this.#options.what} are closed`);
    try {
      await this.prepared();
      return await this.#pool.query<Row>(sql, [...values]);
    } catch (error) {
      // It may be another database by now.
      this.#ready = undefined;
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const client: PoolClient = await this.#pool.connect();
    try {
      await migrate(client, this.#options.schema);
      client.release();
    } catch (error) {
      // Nobody knows what state it is in.
      client.release(true);
      throw error;
    }
  }
}

/** What every connection of a gate has alike. @param connect milliseconds to wait for it */
export function connectionOptions(url: string, connect: number): PoolConfig {
  return {
    connectionString: url,
    application_name: 'sallyport',
    connectionTimeoutMillis: connect,
    keepAlive: true,
  };
}
