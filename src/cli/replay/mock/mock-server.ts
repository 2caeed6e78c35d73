import { randomBytes } from 'node:crypto';
import type { Clock, Log } from '../../../model/seams.ts';
import { ServerRequests } from '../../../pipeline/server-requests.ts';
import { Sessions } from '../../../pipeline/sessions.ts';
import { Naming } from '../../../pipeline/union/naming.ts';
import { Union } from '../../../pipeline/union/union.ts';
import { Seal } from '../../../protocol/seal.ts';
import type { UpstreamLink } from '../../../transport/contract.ts';
import { endpointsOf } from '../../../transport/http/endpoints.ts';
import { Listener } from '../../../transport/http/listener.ts';
import { version } from '../../../version.ts';
import { MockCallers } from './mock-callers.ts';
import { MockConduit } from './mock-conduit.ts';

export interface MockServerOptions {
  /** Ways to what was recorded, by the name of the upstream. */
  readonly links: ReadonlyMap<string, UpstreamLink>;
  readonly port: number;
  /** What callers must bring; undefined: anybody on this machine may call. */
  readonly token: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Loopback only: what was recorded is nobody else's business. */
const HOST = '127.0.0.1';
const LIMITS = { bytes: 64 * 1_048_576, depth: 512 } as const;
/** Sessions, and calls and streams of one. */
const SESSIONS = 1_000;
const CALLS = 1_000;
const DAY = 86_400_000;
const SEPARATOR = '__';

/**
 * The listener of a gate, so that clients of every revision find what they found there: `/mcp/UPSTREAM` each by itself,
 * `/mcp` all at once, and HTTP+SSE under `/sse`.
 */
export class MockServer {
  readonly #listener: Listener;

  constructor({ links, port, token, clock, log }: MockServerOptions) {
    const key = randomBytes(32);
    const sessions = new Sessions({
      ...{ seal: new Seal(key, 'session'), clock, limit: SESSIONS, callerLimit: SESSIONS },
      ...{ idle: 7 * DAY, lifetime: 7 * DAY },
    });
    const serverRequests = new ServerRequests(new Seal(key, 'server request'));
    const relay = new MockConduit({ links, sessions, serverRequests, limit: CALLS });
    const upstreams = [...links.keys()];
    const reject = () => undefined;
    const naming = new Naming(SEPARATOR, new Map(upstreams.map((name) => [name, name])));
    const union = new Union({
      serverInfo: { name: 'sallyport', title: 'Sallyport', version: version() },
      ...{ sessionStreams: CALLS, sessionCalls: CALLS },
      ...{ naming, relay, sessions, serverRequests, reject, clock, log },
    });
    this.#listener = new Listener({
      ...{ host: HOST, port, trustedProxies: [], origin: { origins: [], hosts: [] } },
      ...{ authenticator: new MockCallers(token), bodyLimit: LIMITS.bytes, upstreams, reject },
      stopping: () => false,
      endpoints: endpointsOf({
        ...{ relay, union, sessions, reject, limits: LIMITS, prefix: '' },
        ...{ connections: SESSIONS, callerConnections: SESSIONS },
        toolHeaders: () => undefined,
      }),
    });
  }

  /**
   * Binds.
   *
   * @returns its base URL
   * @throws GateError LISTEN_FAILED
   */
  listen(): Promise<string> {
    return this.#listener.listen();
  }

  close(): Promise<void> {
    return this.#listener.close();
  }
}
