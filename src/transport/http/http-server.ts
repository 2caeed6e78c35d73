import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { GateError, messageOf } from '../../model/errors.ts';
import { onFirstBytes } from './first-bytes.ts';
import { Http2 } from './http2.ts';
import { type KeyPair, TlsFiles, type TlsOptions } from './tls-files.ts';

export interface HttpServerOptions {
  /** Left out: cleartext. */
  readonly tls?: TlsOptions | undefined;
  /** How long a client may take to send a request, and to say the first word; milliseconds. */
  readonly requestTimeout: number;
  /** Section of the configuration that says where it listens; left out: `listen`. */
  readonly setting?: string;
}

const MAX_HEADERS = 65_536;
/** How long a connection without requests is kept, in milliseconds: longer than proxies in front keep theirs. */
const IDLE = 72_000;
/** How often it is looked for requests that take too long, in milliseconds. */
const CHECK = 30_000;
const HANDSHAKE = 10_000;
/** A client may end what it sends and still read its answer. */
const TCP = { allowHalfOpen: true, noDelay: true } as const;

/** HTTP/1.1 and HTTP/2 on one port, over cleartext or TLS. */
export class HttpServer {
  /** What serves HTTP/1.1; it doesn't listen by itself. */
  readonly http1: Server;
  readonly #http2: Http2;
  readonly #options: HttpServerOptions;
  readonly #files: TlsFiles | undefined;
  readonly #doors: TcpServer[] = [];
  #host = '';
  readonly #sockets = new Set<Socket>();

  constructor(handler: RequestListener, options: HttpServerOptions) {
    const { requestTimeout, tls } = options;
    this.#options = options;
    this.#files = tls && new TlsFiles(tls);
    const connectionsCheckingInterval = Math.min(CHECK, requestTimeout);
    this.http1 = createServer(
      {
        ...{ maxHeaderSize: MAX_HEADERS, keepAliveTimeout: IDLE },
        ...{ requestTimeout, connectionsCheckingInterval },
        headersTimeout: requestTimeout,
      },
      handler,
    );
    // Node begins to look for late requests only then.
    this.http1.emit('listening');
    this.#http2 = new Http2(handler, { requestTimeout, maxHeaders: MAX_HEADERS, idle: IDLE });
  }

  /** Where it listens; undefined while it doesn't. */
  get address(): AddressInfo | undefined {
    const address = this.#doors[0]?.address();
    return typeof address === 'object' && address !== null ? address : undefined;
  }

  /** The base URL that it listens on; empty while it doesn't. */
  get url(): string {
    const { address } = this;
    if (!address) return '';
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `http${this.#files ? 's' : ''}://${host}:${address.port}`;
  }

  /** True while there are answers that clients have not read to their end. */
  get unread(): boolean {
    return (
      this.#http2.unread || this.#sockets.values().some(({ writableLength }) => writableLength > 0)
    );
  }

  /**
   * Binds; to all addresses of `localhost` where that is the host.
   *
   * @returns {@link url}
   * @throws GateError LISTEN_FAILED, TLS_UNUSABLE
   */
  async listen(host: string, port: number): Promise<string> {
    const pair = await this.#files?.read();
    const bound = await this.#open(host, port, pair).catch((cause) => {
      const { setting = 'listen' } = this.#options;
      const hint = `set ${setting}.host and ${setting}.port to something free`;
      const message = `cannot listen on ${host}:${port}: ${messageOf(cause)}`;
      throw new GateError('LISTEN_FAILED', message, { hint, cause });
    });
    this.#host = host;
    if (host === 'localhost') {
      const all = await lookup(host, { all: true }).catch(() => []);
      for (const { address } of all.filter((one) => one.address !== bound.address)) {
        // It may be one that isn't there, such as ::1 where there is no IPv6.
        await this.#open(address, bound.port, pair).catch(() => undefined);
      }
    }
    this.#files?.watch((next) => {
      for (const door of this.#doors) (door as TlsServer).setSecureContext(secured(next));
    });
    return this.url;
  }

  /** Tells clients of HTTP/2 to take their next requests elsewhere. */
  goAway(): void {
    this.#http2.goAway();
  }

  /** Stops listening and cuts off what is open. */
  async close(): Promise<void> {
    this.#files?.stop();
    const closed = this.#doors.map((door) => new Promise((resolve) => door.close(resolve)));
    this.#http2.close();
    this.http1.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #open(host: string, port: number, pair: KeyPair | undefined): Promise<AddressInfo> {
    const door = pair ? this.#tlsDoor(pair) : this.#door();
    door.listen({ host, port });
    await once(door, 'listening');
    this.#doors.push(door);
    return door.address() as AddressInfo;
  }

  #door(): TcpServer {
    return createTcpServer(TCP, (socket) => {
      this.#track(socket);
      onFirstBytes(socket, this.#options.requestTimeout, (http2) => this.#serve(socket, http2));
    });
  }

  #tlsDoor(pair: KeyPair): TlsServer {
    const options = { ...TCP, ...secured(pair), handshakeTimeout: HANDSHAKE };
    const door = createTlsServer({ ...options, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
      this.#track(socket);
      this.#serve(socket, socket.alpnProtocol === 'h2');
    });
    // Until its handshake is done.
    return door.on('connection', (socket) => this.#track(socket));
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #serve(socket: Socket, http2: boolean): void {
    if (http2) this.#http2.serve(socket);
    else this.http1.emit('connection', socket);
  }
}

function secured(pair: KeyPair) {
  return { ...pair, minVersion: 'TLSv1.2' } as const;
}
