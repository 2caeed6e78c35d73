import { Client } from 'pg';
import { messageOf } from '../../model/errors.ts';
import type { Log } from '../../model/seams.ts';
import { connectionOptions } from './database.ts';

export interface ChangeFeedOptions {
  readonly url: string;
  readonly log: Log;
  /** Whose own changes are left out. */
  readonly gate: string;
  /** Resolves once the tables are there. */
  readonly prepared: () => Promise<void>;
  readonly onChange: (id: string) => void;
  /** Times in milliseconds, which tests make shorter. */
  readonly times?: Partial<typeof times>;
}

const times = {
  /** How often it is made sure that the connection is still there. */
  beat: 15_000,
  connect: 5_000,
  answer: 5_000,
  /** How long to wait for another connection, at first and at most. */
  retry: 250,
  maxRetry: 10_000,
  /** What was written so long before the last sign of life may not have been heard: longer than a write takes. */
  margin: 30_000,
} as const satisfies Record<string, number>;

const MISSED = `
  SELECT id FROM sallyport_approval
  WHERE changed >= clock_timestamp() - make_interval(secs => $1::float8 / 1000)
    AND changed_by <> $2`;

/**
 * Hears by LISTEN what other gates change, on a connection of its own. Where that was lost, whatever may have changed
 * meanwhile is called out once there is another one; some of it for a second time.
 */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #times: Readonly<Record<keyof typeof times, number>>;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  /** When everything was heard that had been written until then; a time of this process. */
  #heardAt = performance.now();
  #closed = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
    this.#times = { ...times, ...options.times };
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { url, log, prepared } = this.#options;
    try {
      await prepared();
      if (this.#closed) return;
      const client = new Client({
        ...connectionOptions(url, this.#times.connect),
        query_timeout: this.#times.answer,
      });
      this.#client = client;
      client.on('error', (error) => this.#lost(client, error));
      client.on('end', () => this.#lost(client, new Error('the server closed it')));
      client.on('notification', ({ payload = '' }) => this.#hear(payload));
      await client.connect();
      await client.query('LISTEN sallyport_approvals');
      await this.#catchUp(client);
      if (this.#failures > 0) log.info({}, 'changes of approvals by other gates are heard again');
      this.#failures = 0;
      this.#beatLater(client);
    } catch (error) {
      this.#lost(this.#client, error);
    }
  }

  async #catchUp(client: Client): Promise<void> {
    const at = performance.now();
    const since = at - this.#heardAt + this.#times.margin;
    const missed = await client.query<{ id: string }>(MISSED, [since, this.#options.gate]);
    this.#heardAt = at;
    for (const { id } of missed.rows) this.#options.onChange(id);
  }

  #hear(payload: string): void {
    const space = payload.indexOf(' ');
    if (space > 0 && payload.slice(0, space) !== this.#options.gate) {
      this.#options.onChange(payload.slice(space + 1));
    }
  }

  /** A connection that is cut off elsewhere looks as if nothing happened. */
  #beatLater(client: Client): void {
    this.#timer = setTimeout(() => {
      const at = performance.now();
      client.query('SELECT 1').then(
        () => {
          this.#heardAt = at;
          if (this.#client === client) this.#beatLater(client);
        },
        (error: unknown) => this.#lost(client, error),
      );
    }, this.#times.beat).unref();
  }

  /** Once for each connection, whatever else it says. */
  #lost(client: Client | undefined, error: unknown): void {
    if (this.#closed || client !== this.#client) return;
    this.#client = undefined;
    clearTimeout(this.#timer);
    client?.end().catch(() => undefined);
    if (this.#failures++ === 0) {
      const fields = { code: 'APPROVALS_UNAVAILABLE', cause: messageOf(error) };
      const message = 'changes of approvals by other gates are not heard for now';
      this.#options.log.warn(fields, message);
    }
    const { retry, maxRetry } = this.#times;
    const most = Math.min(maxRetry, retry * 2 ** Math.min(this.#failures - 1, 10));
    this.#timer = setTimeout(() => void this.#connect(), most * (0.5 + Math.random() / 2)).unref();
  }
}
