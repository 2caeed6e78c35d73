import type { Pool } from 'undici';
import { GateError } from '../../model/errors.ts';
import { JSON_TYPE, SSE_TYPE } from '../../protocol/headers.ts';
import type { SseEvent } from '../../protocol/sse.ts';
import type { Channel, ChannelEvents, Written } from '../channel/channel.ts';
import { after } from '../channel/delay.ts';
import { networkError, statusError } from '../http/upstream-error.ts';
import { endpointPath } from './endpoint.ts';
import { EventStream } from './event-stream.ts';
import { retryAfterIn } from './response-head.ts';

export interface SseChannelOptions {
  /** The upstream's name, for messages. */
  readonly name: string;
  /** Where the stream of events is. */
  readonly url: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until the endpoint is known, and until a message is accepted. */
  readonly timeout: number;
  /** Most bytes of an event. */
  readonly maxBytes: number;
  readonly pool: Pool;
}

const ASKED = { stream: false, id: undefined, session: true };

/** A session's stream of events, and the endpoint that takes its messages (2024-11-05, transports, HTTP with SSE). */
export class SseChannel implements Channel {
  readonly logFields = {};
  readonly #options: SseChannelOptions;
  readonly #events: ChannelEvents;
  readonly #headers: readonly string[];
  readonly #stream: EventStream;
  readonly #deadline: NodeJS.Timeout;
  readonly #endpoint = Promise.withResolvers<string | GateError>();
  #named = false;
  /** Gives up the requests that are under way. */
  readonly #over = new AbortController();

  constructor(options: SseChannelOptions, events: ChannelEvents) {
    this.#options = options;
    this.#events = events;
    this.#headers = Object.entries(options.headers).flat();
    this.#stream = new EventStream(
      { name: options.name, maxLength: options.maxBytes },
      {
        event: (event) => this.#take(event),
        closing: () => events.closing(),
        gone: (error) => this.#gone(error),
      },
    );
    this.#deadline = after(options.timeout, () => this.#expire());
    // Later, because no event may come before the caller has this channel.
    setImmediate(() => this.#open());
  }

  get paused(): boolean {
    return this.#stream.paused;
  }

  async write(message: string): Promise<Written> {
    const path = await this.#endpoint.promise;
    return path instanceof GateError ? path : this.#post(path, message);
  }

  async close(): Promise<void> {
    this.#stream.fail(ended());
  }

  #open(): void {
    const { name, pool, timeout, url } = this.#options;
    if (this.#over.signal.aborted) return;
    const { pathname, search } = new URL(url);
    try {
      const request = {
        method: 'GET' as const,
        path: `${pathname}${search}`,
        headers: [...this.#headers, 'accept', SSE_TYPE],
        headersTimeout: timeout,
        // It may be silent for as long as nothing is asked.
        bodyTimeout: 0,
      };
      pool.dispatch(request, this.#stream);
    } catch (cause) {
      const message = `${name} cannot be called`;
      this.#stream.fail(new GateError('UPSTREAM_UNREACHABLE', message, { cause }));
    }
  }

  #take({ event = 'message', data }: SseEvent): void | Promise<void> {
    if (event === 'endpoint') this.#found(data);
    else if (event === 'message' && data !== '') return this.#events.message(data);
  }

  #found(data: string): void {
    // The first one counts: a session does not move.
    if (this.#named) return;
    this.#named = true;
    clearTimeout(this.#deadline);
    const path = endpointPath(data, this.#options.url);
    if (path instanceof GateError) this.#stream.fail(path);
    this.#endpoint.resolve(path);
  }

  async #post(path: string, message: string): Promise<Written> {
    const { name, pool, timeout } = this.#options;
    try {
      const { statusCode, headers, body } = await pool.request({
        method: 'POST',
        path,
        headers: [...this.#headers, 'content-type', JSON_TYPE],
        body: message,
        headersTimeout: timeout,
        bodyTimeout: timeout,
        signal: this.#over.signal,
      });
      // Whatever it says beside the status, such as "Accepted", means nothing.
      void body.dump().catch(() => {});
      if (statusCode >= 200 && statusCode <= 299) return undefined;
      const failure = statusError(name, statusCode, ASKED, retryAfterIn(headers));
      if (failure.code === 'SESSION_UNKNOWN') this.#stream.fail(failure);
      return failure;
    } catch (error) {
      if (this.#over.signal.aborted) return ended();
      return networkError(name, error instanceof Error ? error : new Error(String(error)), false);
    }
  }

  #expire(): void {
    const message = `${this.#options.name} named no endpoint in time`;
    this.#stream.fail(new GateError('UPSTREAM_TIMEOUT', message));
  }

  #gone(error: GateError): void {
    clearTimeout(this.#deadline);
    this.#endpoint.resolve(error);
    this.#over.abort();
    this.#events.gone(error);
  }
}

function ended(): GateError {
  return new GateError('UPSTREAM_ENDED', 'the session was ended');
}
