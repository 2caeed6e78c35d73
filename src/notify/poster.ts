import { type Dispatcher, errors, Pool } from 'undici';
import { GateError } from '../model/errors.ts';
import { version } from '../version.ts';
import { decoded } from './url-part.ts';

export interface PosterOptions {
  readonly url: string;
  /** Milliseconds for each request. */
  readonly timeout: number;
}

/** What a receiver has answered. */
export interface Answered {
  readonly status: number;
  /** The value of its Retry-After header. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const CONNECTIONS = 4;
/** More of an answer isn't read; 1 MiB holds a page of messages. */
const MAX_ANSWER = 1_048_576;
const RETRY_AFTER = /^[\x20-\x7e]{1,64}$/;

/**
 * Sends requests to one receiver. Redirects are not followed: what is sent is for the receiver that was configured. Its
 * URL is a secret for many receivers, so that no error holds it.
 */
export class Poster {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #timeout: number;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, timeout }: PosterOptions) {
    const { origin, pathname, search, username, password } = new URL(url);
    this.#pool = new Pool(origin, {
      ...{ allowH2: false, connections: CONNECTIONS, connect: { timeout } },
      ...{ headersTimeout: timeout, bodyTimeout: timeout },
    });
    this.#path = pathname + search;
    this.#timeout = timeout;
    const login = `${decoded(username)}:${decoded(password)}`;
    this.#headers = {
      'user-agent': `sallyport/${version()}`,
      accept: 'application/json',
      ...(login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    };
  }

  /**
   * @param below a path below the URL
   * @throws GateError CHANNEL_FAILED where there is no answer
   */
  async post(
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    below = '',
  ): Promise<Answered> {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(this.#timeout)]);
    try {
      const response = await this.#pool.request({
        ...{ method: 'POST', path: this.#path + below, body, signal: ends },
        headers: { ...this.#headers, ...headers },
      });
      const given = response.headers['retry-after'];
      const retryAfter = typeof given === 'string' && RETRY_AFTER.test(given) ? given : undefined;
      return { status: response.statusCode, retryAfter, body: await textOf(response) };
    } catch (cause) {
      if (cause instanceof GateError) throw cause;
      throw failure(cause, this.#timeout);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

async function textOf({ body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    // Leaving the loop destroys the body.
    if (size > MAX_ANSWER) {
      throw new GateError('CHANNEL_FAILED', 'the receiver answered more than 1 MiB');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failure(cause: unknown, timeout: number): GateError {
  const late = ['TimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError'];
  const fault = cause instanceof Error ? cause : new Error(String(cause));
  if (late.includes(fault.name)) {
    return new GateError('CHANNEL_FAILED', `the receiver did not answer within ${timeout} ms`);
  }
  if (fault.name === 'AbortError') return new GateError('CHANNEL_FAILED', 'it was given up');
  if (fault instanceof errors.HTTPParserError) {
    return new GateError('CHANNEL_FAILED', 'the receiver does not speak HTTP');
  }
  const code = 'code' in fault && typeof fault.code === 'string' ? ` (${fault.code})` : '';
  return new GateError('CHANNEL_FAILED', `the receiver cannot be reached${code}`);
}
