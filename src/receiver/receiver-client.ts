import { type Dispatcher, errors, Pool } from 'undici';
import { GateError } from '../model/errors.ts';
import { version } from '../version.ts';
import { decoded } from './url-part.ts';

export interface ReceiverClientOptions {
  /** The code of its errors. */
  readonly code: 'CHANNEL_FAILED' | 'EXPORT_FAILED';
  /** A user and a password in it are sent as a header. */
  readonly url: string;
  readonly connections: number;
  /** Milliseconds for each request. */
  readonly timeout: number;
  /** Bytes of an answer that are read. */
  readonly answer: number;
  /** Whom to trust, and who one is. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

export interface ReceiverRequest {
  readonly method: 'POST' | 'PUT';
  /** What follows the URL's path. */
  readonly below?: string;
  /** In lower case, so that they take the place of ours. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a receiver has answered. */
export interface ReceiverAnswer {
  readonly status: number;
  /** The value of its Retry-After header. */
  readonly retryAfter: string | undefined;
  /** Its beginning. */
  readonly body: string;
}

const RETRY_AFTER = /^[\x20-\x7e]{1,64}$/;

/**
 * Sends requests to one receiver. Redirects are not followed: what is sent is for the receiver that was configured. Its
 * URL is a secret for many receivers, so that no error holds it.
 */
export class ReceiverClient {
  readonly #options: ReceiverClientOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #query: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: ReceiverClientOptions) {
    this.#options = options;
    const { url, connections, timeout, tls } = options;
    const { origin, pathname, search, username, password } = new URL(url);
    this.#pool = new Pool(origin, {
      ...{ allowH2: false, connections, connect: { timeout, ...tls } },
      ...{ headersTimeout: timeout, bodyTimeout: timeout },
    });
    this.#path = pathname;
    this.#query = search;
    const login = `${decoded(username)}:${decoded(password)}`;
    this.#headers = {
      'user-agent': `sallyport/${version()}`,
      accept: 'application/json',
      ...(login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    };
  }

  /** @throws GateError with the code of the options, where there is no answer */
  async send(
    { method, below = '', headers, body }: ReceiverRequest,
    signal: AbortSignal,
  ): Promise<ReceiverAnswer> {
    const { timeout, answer, code } = this.#options;
    const ends = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    try {
      const response = await this.#pool.request({
        ...{ method, path: this.#path + below + this.#query, body, signal: ends },
        headers: { ...this.#headers, ...headers },
      });
      const given = response.headers['retry-after'];
      const retryAfter = typeof given === 'string' && RETRY_AFTER.test(given) ? given : undefined;
      return { status: response.statusCode, retryAfter, body: await beginningOf(response, answer) };
    } catch (cause) {
      throw new GateError(code, reasonOf(cause, timeout));
    }
  }

  /** What a status means that is none of success. */
  refused({ status, retryAfter }: ReceiverAnswer, hint?: string): GateError {
    const isElsewhere = status >= 300 && status <= 399;
    const why = isElsewhere ? 'redirects are not followed' : hint;
    return new GateError(this.#options.code, `the receiver answered ${status}`, {
      ...(why === undefined ? {} : { hint: why }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

async function beginningOf({ body }: Dispatcher.ResponseData, bytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    chunks.push(chunk);
    // Leaving the loop destroys the body.
    if (size > bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes).toString('utf8');
}

/** Nothing of the fault's own words: they may hold the URL. */
function reasonOf(cause: unknown, timeout: number): string {
  const late = ['TimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError', 'ConnectTimeoutError'];
  const fault = cause instanceof Error ? cause : new Error(String(cause));
  if (late.includes(fault.name)) return `the receiver did not answer within ${timeout} ms`;
  if (fault.name === 'AbortError') return 'it was given up';
  if (fault instanceof errors.HTTPParserError) return 'the receiver does not speak HTTP';
  const code = 'code' in fault && typeof fault.code === 'string' ? ` (${fault.code})` : '';
  return `the receiver cannot be reached${code}`;
}
