import { type Dispatcher, Pool } from 'undici';
import { GateError } from '../../model/errors.ts';
import { type Frame, frameText } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import { headers, JSON_TYPE, SSE_TYPE } from '../../protocol/headers.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import { versionIn } from '../../protocol/meta.ts';
import { isStatelessRevision, LATEST_STATELESS } from '../../protocol/revisions.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../contract.ts';
import { Throttle } from '../throttle.ts';
import { Polling } from './polling.ts';
import { type Posting, StatelessSender } from './stateless-sender.ts';
import type { Asked } from './upstream-error.ts';
import { type ResponseContext, UpstreamResponse } from './upstream-response.ts';

export interface HttpLinkOptions {
  /** The upstream's name, for messages. */
  readonly name: string;
  /** Its Streamable HTTP endpoint. */
  readonly url: string;
  /** Sent with every request; the caller's own headers never are. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest silence while a call waits, in milliseconds. */
  readonly timeout: number;
  readonly limits: FrameLimits;
  readonly log: Log;
}

/** How long a DELETE may take; the session is forgotten here in any case. */
const END_TIMEOUT = 5_000;
const ACCEPT = `${JSON_TYPE}, ${SSE_TYPE}`;

/** The way to an upstream over Streamable HTTP, in both eras, with a pool of kept connections. */
export class HttpLink implements UpstreamLink {
  readonly #options: HttpLinkOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #headers: readonly string[];
  readonly #context: ResponseContext;
  readonly #stateless: StatelessSender;
  readonly #stopping = new AbortController();

  constructor(options: HttpLinkOptions) {
    const { origin, pathname, search } = new URL(options.url);
    this.#options = options;
    // An HTTP/2 stream would share one connection's flow control with all calls; HTTP/1.1 keeps calls apart.
    this.#pool = new Pool(origin, { allowH2: false, connect: { timeout: options.timeout } });
    const badEvents = new Throttle({ burst: 20, window: 60_000, clock: Date.now });
    this.#context = { ...options, badEvents };
    this.#path = `${pathname}${search}`;
    this.#headers = Object.entries(options.headers).flat();
    this.#stateless = new StatelessSender({
      ...options,
      post: (...posting) => this.#postStateless(...posting),
    });
  }

  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    const { protocol } = session;
    if (isStatelessRevision(protocol)) {
      return this.#stateless.send(frame, sink, signal);
    }
    const asked = { ...askedBy(frame), session: session.session !== undefined };
    const stream = frame.kind === 'request' ? this.#polled(asked, session, sink, signal) : sink;
    const handler = new UpstreamResponse(this.#context, stream, signal, asked);
    this.#post(handler, frame, sessionHeaders(session));
  }

  listen(
    session: UpstreamSession,
    lastEventId: string | undefined,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void {
    const asked = { stream: true, id: undefined, session: session.session !== undefined };
    const stream = this.#polled(asked, session, sink, signal, lastEventId);
    const handler = new UpstreamResponse(this.#context, stream, signal, asked);
    // A stream without calls may be silent for as long as it likes.
    this.#get(handler, session, lastEventId, 0);
  }

  /** Goes on with a stream that the upstream cuts off. */
  #polled(
    asked: Asked,
    session: UpstreamSession,
    sink: UpstreamSink,
    signal: AbortSignal,
    lastEventId?: string,
  ): Polling {
    const silence = asked.stream ? 0 : this.#options.timeout;
    return new Polling({
      ...{ name: this.#options.name, asked, sink, signal, silence, lastEventId },
      stopped: this.#stopping.signal,
      resume: ({ session: founded = session.session, ...again }) => {
        const get = { stream: true, id: undefined, session: founded !== undefined };
        const handler = new UpstreamResponse(this.#context, again.sink, again.signal, get);
        this.#get(handler, { ...session, session: founded }, again.lastEventId, silence);
      },
    });
  }

  async end(session: UpstreamSession): Promise<void> {
    if (session.session === undefined) return;
    try {
      const { body } = await this.#pool.request({
        method: 'DELETE',
        path: this.#path,
        headers: [...this.#headers, ...sessionHeaders(session)],
        signal: AbortSignal.timeout(END_TIMEOUT),
      });
      await body.dump();
    } catch (error) {
      // The session is over for the gate; an upstream that can't hear of it will let it expire.
      this.#options.log.debug(
        { upstream: this.#options.name, cause: String(error) },
        'DELETE failed',
      );
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#pool.destroy();
  }

  #postStateless(
    { frame, headers: own, lasting }: Posting,
    sink: UpstreamSink,
    signal: AbortSignal,
  ) {
    const handler = new UpstreamResponse(this.#context, sink, signal, {
      ...{ ...askedBy(frame), session: false, stateless: true },
    });
    const params = 'method' in frame.message ? frame.message.params : undefined;
    const revision = [headers.version, versionIn(params) ?? LATEST_STATELESS];
    this.#post(handler, frame, [...revision, ...own], lasting ? 0 : this.#options.timeout);
  }

  #get(
    handler: UpstreamResponse,
    session: UpstreamSession,
    lastEventId: string | undefined,
    silence: number,
  ): void {
    const resume = lastEventId === undefined ? [] : [headers.lastEvent, lastEventId];
    this.#dispatch(handler, {
      method: 'GET',
      headers: [...this.#headers, 'accept', SSE_TYPE, ...sessionHeaders(session), ...resume],
      headersTimeout: this.#options.timeout,
      bodyTimeout: silence,
    });
  }

  /** @param silence how long the answer's body may be silent, in milliseconds; 0 for as long as it likes */
  #post(
    handler: UpstreamResponse,
    frame: Frame,
    own: readonly string[],
    silence = this.#options.timeout,
  ): void {
    this.#dispatch(handler, {
      method: 'POST',
      headers: [...this.#headers, 'accept', ACCEPT, 'content-type', JSON_TYPE, ...own],
      body: frameText(frame),
      headersTimeout: this.#options.timeout,
      bodyTimeout: silence,
    });
  }

  #dispatch(handler: UpstreamResponse, options: Omit<Dispatcher.DispatchOptions, 'path'>): void {
    try {
      this.#pool.dispatch({ ...options, path: this.#path }, handler);
    } catch (cause) {
      const message = `${this.#options.name} cannot be called`;
      handler.fail(new GateError('UPSTREAM_UNREACHABLE', message, { cause }));
    }
  }
}

function askedBy(frame: Frame): Pick<Asked, 'stream' | 'id'> {
  return { stream: false, id: frame.kind === 'request' ? frame.message.id : undefined };
}

function sessionHeaders({ session, protocol }: UpstreamSession): string[] {
  const id = session === undefined ? [] : [headers.session, session];
  return protocol === undefined ? id : [...id, headers.version, protocol];
}
