import type { RequestListener } from 'node:http';
import {
  constants,
  createServer,
  type Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';

export interface Http2Options {
  /** How long a client may take to send a request, in milliseconds. */
  readonly requestTimeout: number;
  /** Bytes of the headers of a request. */
  readonly maxHeaders: number;
  /** How long a connection without requests is kept, in milliseconds. */
  readonly idle: number;
}

/** Requests that a connection may have open; a client that has more waits, or connects again. */
const STREAMS = 256;
/** Megabytes that a connection may hold, which is mostly answers that its client doesn't read. */
const MEMORY = 64;
/** Requests that a client may take back: so many at once, then so many a second (CVE-2023-44487). */
const RESETS = { streamResetBurst: 500, streamResetRate: 50 };

/** A request with what HTTP/1.1 would have brought. */
class Request extends Http2ServerRequest {
  constructor(...args: ConstructorParameters<typeof Http2ServerRequest>) {
    super(...args);
    // Node would end it as if it had come whole, and whoever reads it may not have begun.
    this.on('error', () => undefined);
    this.once('aborted', () => {
      if (this.readableEnded) return;
      this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    });
  }
}

/** A response that tells and does what one of HTTP/1.1 would. */
class Response extends Http2ServerResponse {
  /** What it has not sent is lost, and the client is told so. */
  override destroy(): this {
    this.stream.close(constants.NGHTTP2_CANCEL);
    return this;
  }
}
// Node's types have it as a property, which its class has not.
Object.defineProperty(Response.prototype, 'destroyed', {
  get(this: Response) {
    return this.stream.destroyed;
  },
});

/** Serves connections that speak HTTP/2, whoever accepted them. */
export class Http2 {
  readonly #server: Http2Server;
  readonly #options: Http2Options;
  readonly #sessions = new Map<ServerHttp2Session, Set<ServerHttp2Stream>>();

  /** @param handler gets requests and responses that look like those of HTTP/1.1 */
  constructor(handler: RequestListener, options: Http2Options) {
    this.#options = options;
    this.#server = createServer({
      Http2ServerRequest: Request,
      Http2ServerResponse: Response,
      settings: { maxConcurrentStreams: STREAMS, maxHeaderListSize: options.maxHeaders },
      maxSessionMemory: MEMORY,
      ...RESETS,
    } as object);
    this.#server.on('session', (session) => this.#track(session));
    this.#server.on('request', (request, response) => {
      if (!this.#admit(request)) return;
      // They are made to look alike, as far as the gate looks.
      handler(request as never, response as never);
    });
  }

  /** Takes a connection over. */
  serve(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  /** True while there are answers that clients have not read to their end. */
  get unread(): boolean {
    return this.#sessions
      .values()
      .some((streams) => streams.values().some((stream) => isUnread(stream)));
  }

  /** Tells clients to take their next requests elsewhere (RFC 9113, section 6.8). */
  goAway(): void {
    for (const session of this.#sessions.keys()) session.close();
  }

  /** Cuts off what is open. */
  close(): void {
    for (const session of this.#sessions.keys()) session.destroy();
    this.#server.close();
  }

  #track(session: ServerHttp2Session): void {
    const { idle, requestTimeout } = this.#options;
    const streams = new Set<ServerHttp2Stream>();
    this.#sessions.set(session, streams);
    session.once('close', () => this.#sessions.delete(session));
    session.on('stream', (stream) => {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
    });
    session.setTimeout(idle, () => {
      if (streams.size > 0) return;
      session.close();
      // Headers that never end would hold it.
      setTimeout(() => session.destroy(), requestTimeout).unref();
    });
  }

  /** Puts a request in the form of HTTP/1.1. False where it is malformed, and its stream was closed. */
  #admit(request: Http2ServerRequest): boolean {
    const { stream, headers } = request;
    const { host, ':authority': authority } = headers;
    // RFC 9113, section 8.3.1
    if (authority !== undefined) {
      if (host !== undefined && host.toLowerCase() !== authority.toLowerCase()) {
        stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
        return false;
      }
      headers.host = authority;
    }
    if (sizeOf(request.rawHeaders) > this.#options.maxHeaders) {
      // Node knows a bound too, but only once the client has acknowledged it.
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      return false;
    }
    if (stream.endAfterHeaders) return true;
    const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;
    // What was answered before it came whole is complete all the same (RFC 9113, section 8.1).
    const late = () => stream.close(stream.writableFinished ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
    const timer = setTimeout(late, this.#options.requestTimeout).unref();
    request.once('end', () => clearTimeout(timer));
    stream.once('close', () => clearTimeout(timer));
    return true;
  }
}

function sizeOf(texts: readonly string[]): number {
  let size = 0;
  for (const text of texts) size += text.length;
  return size;
}

function isUnread({ writableLength, writableEnded, writableFinished }: ServerHttp2Stream): boolean {
  return writableLength > 0 || (writableEnded && !writableFinished);
}
