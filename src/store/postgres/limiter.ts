import type { LimitClaim } from '../../model/decision.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Clock, LimitReached, Log } from '../../model/seams.ts';
import type { LimitsStore } from '../limits-store.ts';
import { grainOf, isReached, type Wanted, wantedOf } from '../limits-wanted.ts';
import { PostgresDatabase } from './database.ts';
import { limiterSchema } from './limiter-schema.ts';

export interface PostgresLimiterOptions {
  /** `postgres://user:password@host/database?sslmode=verify-full`; a left-out password is that of PGPASSWORD. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long to wait for a connection and for an answer, in milliseconds. */
const CONNECT = 2_000;
const ANSWER = 3_000;
/** Takes after which some of what is over is forgotten, and how much of it. */
const CLEANING = 64;
const CLEANED = [256, 1_024];

/**
 * Counts in PostgreSQL, exact for all gates that share the database: each take is one round trip, and takes from one
 * count wait for each other there. While the database can't be reached, takes reject.
 */
export class PostgresLimiter implements LimitsStore {
  readonly #options: PostgresLimiterOptions;
  readonly #database: PostgresDatabase;
  #taken = 0;
  #cleaning: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: PostgresLimiterOptions) {
    this.#options = options;
    const { url, log } = options;
    this.#database = new PostgresDatabase({
      url,
      log,
      what: 'the counters',
      schema: limiterSchema,
      connect: CONNECT,
      answer: ANSWER,
    });
  }

  /** Prepares the database, so that whoever starts the gate hears at once where that can't be. Never rejects. */
  async start(): Promise<void> {
    try {
      await this.#database.prepared();
    } catch (error) {
      const fields = { code: 'LIMIT_UNAVAILABLE', cause: messageOf(error) };
      const message =
        'the database of counters cannot be used; calls that limits bound are refused';
      this.#options.log.error(fields, message);
    }
  }

  async take(claims: readonly LimitClaim[]): Promise<LimitReached | undefined> {
    if (this.#closing) throw new GateError('LIMIT_UNAVAILABLE', 'the counters are closing');
    const wanted = wantedOf(claims);
    if (isReached(wanted)) return wanted;
    if (wanted.length === 0) return undefined;
    try {
      const found = await this.#database.query<{ reached: number; wait: number }>(
        'SELECT reached, wait FROM sallyport_take_1($1, $2, $3, $4, $5)',
        parametersOf(wanted),
      );
      this.#clean();
      const [row] = found.rows;
      const claim = row && wanted[row.reached - 1]?.claim;
      return claim && { claim, until: this.#options.clock() + row.wait };
    } catch (cause) {
      throw new GateError('LIMIT_UNAVAILABLE', messageOf(cause), { cause });
    }
  }

  async close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#cleaning;
      await this.#database.close();
    })();
    await this.#closing;
  }

  /** Not awaited by takes; what is not forgotten now is forgotten next time. */
  #clean(): void {
    if (++this.#taken < CLEANING || this.#cleaning) return;
    this.#taken = 0;
    this.#cleaning = this.#database
      .query('SELECT sallyport_clean_1($1, $2)', CLEANED)
      .catch((error: unknown) => {
        const fields = { cause: messageOf(error) };
        this.#options.log.debug(fields, 'old counts could not be forgotten');
      })
      .finally(() => {
        this.#cleaning = undefined;
      });
  }
}

function parametersOf(wanted: readonly Wanted[]): unknown[] {
  return [
    wanted.map(({ key }) => key),
    wanted.map(({ takes }) => takes),
    wanted.map(({ claim }) => claim.calls),
    wanted.map(({ claim }) => claim.per),
    wanted.map(({ claim }) => grainOf(claim)),
  ];
}
