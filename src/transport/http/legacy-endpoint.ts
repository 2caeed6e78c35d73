import type { IncomingMessage, ServerResponse } from 'node:http';
import { GateError } from '../../model/errors.ts';
import { principalOf } from '../../model/identity.ts';
import type { Frame } from '../../model/message.ts';
import type { Caller } from '../../pipeline/caller.ts';
import type { Conduit } from '../../pipeline/conduit.ts';
import { Quota } from '../../pipeline/quota.ts';
import type { Session } from '../../pipeline/session.ts';
import type { Sessions } from '../../pipeline/sessions.ts';
import { headers } from '../../protocol/headers.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import { isStatelessRevision } from '../../protocol/revisions.ts';
import { ClientResponse } from './client-response.ts';
import {
  bodyOf,
  type Endpoint,
  fail,
  type Reject,
  readFrame,
  refuse,
  type Visit,
  visitOf,
} from './endpoint.ts';
import { asGateError } from './error-answer.ts';
import type { KeepAlive } from './keep-alive.ts';
import { LegacyConnection } from './legacy-connection.ts';
import { checkGet, checkVersion, headerText } from './request-check.ts';
import { onExpiry } from './token-expiry.ts';

export interface LegacyEndpointOptions {
  readonly relay: Conduit;
  readonly sessions: Sessions;
  readonly keepAlive: KeepAlive;
  readonly limits: FrameLimits;
  readonly reject: Reject;
  /** Most connections at a time, and of one caller. */
  readonly connections: number;
  readonly callerConnections: number;
  /** The path of the gate's public URL, which clients find before that of the endpoint; `''` for none. */
  readonly prefix: string;
}

/** A connection that has begun no session for so long is closed, in milliseconds. */
const FOUNDING = 60_000;
/** The query parameter that names a connection. */
const KEY = 'session';

/** HTTP with SSE, the transport of 2024-11-05: GET opens the stream that everything comes on, POSTs send. */
export class LegacyEndpoint implements Endpoint {
  readonly methods = ['GET', 'POST'] as const;
  readonly #options: LegacyEndpointOptions;
  readonly #connections = new Map<string, LegacyConnection>();
  readonly #quota: Quota;

  constructor(options: LegacyEndpointOptions) {
    this.#options = options;
    this.#quota = new Quota(options.callerConnections);
  }

  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    body: unknown,
  ): Promise<void> {
    const visit = visitOf(request, response, caller);
    try {
      checkRevision(request);
      if (request.method === 'GET') this.#open(visit);
      else await this.#take(visit, body);
    } catch (error) {
      fail(visit, error, this.#options.reject);
    }
  }

  #open({ request, response, caller }: Visit): void {
    checkGet(request.headers);
    // It may have gone while its token was verified, and then it doesn't say so again.
    if (response.destroyed) return;
    this.#checkRoom(caller);
    const { relay, keepAlive, sessions, prefix } = this.#options;
    const { identity, upstream } = caller;
    const sessionOf = (id: string) => sessions.find(id, identity, upstream);
    const connection = new LegacyConnection({ relay, caller, response, keepAlive, sessionOf });
    const { key } = connection;
    this.#connections.set(key, connection);
    this.#quota.take(identity);
    const unused = setTimeout(() => connection.session ?? connection.end(), FOUNDING).unref();
    response.once('close', () => {
      clearTimeout(unused);
      this.#connections.delete(key);
      this.#quota.give(identity);
      void this.#leave(connection);
    });
    onExpiry(identity, response, () => connection.end());
    const [path = ''] = (request.url ?? '').split('?');
    connection.open(`${prefix}${path}?${KEY}=${key}`);
  }

  /** @throws GateError SESSION_LIMIT */
  #checkRoom({ identity }: Caller): void {
    const { connections, callerConnections } = this.#options;
    const hint = 'close connections that are no longer used';
    if (this.#connections.size >= connections) {
      throw new GateError('SESSION_LIMIT', `there are ${connections} connections`, { hint });
    }
    if (!this.#quota.isFull(identity)) return;
    throw new GateError('SESSION_LIMIT', `the caller has ${callerConnections} connections`, {
      hint,
    });
  }

  /** The session ends with its connection. */
  async #leave({ caller, session }: LegacyConnection): Promise<void> {
    if (!session || !this.#isLive(session, caller)) return;
    try {
      await this.#options.relay.leave(caller, session);
    } catch (thrown) {
      refuse(
        { caller, method: 'GET', session: session.name },
        asGateError(thrown),
        this.#options.reject,
      );
    }
  }

  #isLive({ id }: Session, { identity, upstream }: Caller): boolean {
    try {
      this.#options.sessions.find(id, identity, upstream);
      return true;
    } catch {
      return false;
    }
  }

  async #take(visit: Visit, body: unknown): Promise<void> {
    const connection = this.#connection(visit);
    const { relay, keepAlive, limits } = this.#options;
    const frame = readFrame(visit, bodyOf(body), limits);
    if (connection.backlog > limits.bytes) {
      const detail = { retryAfter: '1' };
      throw new GateError('CALL_LIMIT', 'the client does not read what it is answered', detail);
    }
    if (frame.kind === 'request') return this.#request(visit, connection, frame);
    const session = this.#session(visit, connection);
    const { caller, response } = visit;
    await relay.notify(caller, session, frame, new ClientResponse(response, keepAlive, null));
    if (visit.method === 'notifications/initialized') connection.listen();
  }

  /** Whatever becomes of it comes on the stream. */
  async #request(
    visit: Visit,
    connection: LegacyConnection,
    frame: Frame & { kind: 'request' },
  ): Promise<void> {
    const { id, method } = frame.message;
    const founds = method === 'initialize';
    const session = founds ? undefined : this.#session(visit, connection);
    const client = founds ? connection.founding(id) : connection.sink(id);
    visit.response.writeHead(202).end();
    try {
      await this.#options.relay.request(visit.caller, session, frame, client);
    } catch (thrown) {
      const error = asGateError(thrown);
      refuse(visit, error, this.#options.reject);
      client.fail(error);
    }
  }

  /** @throws GateError SESSION_MISSING, SESSION_UNKNOWN, SESSION_FOREIGN */
  #connection({ request, caller }: Visit): LegacyConnection {
    const [, query = ''] = (request.url ?? '').split('?');
    const key = new URLSearchParams(query).get(KEY);
    const hint = 'open a stream with GET, and send to where its first event says';
    if (key === null) throw new GateError('SESSION_MISSING', 'no stream is named', { hint });
    const connection = this.#connections.get(key);
    const text = 'the stream is unknown or closed';
    if (!connection) throw new GateError('SESSION_UNKNOWN', text, { hint });
    const { identity, upstream } = connection.caller;
    if (upstream !== caller.upstream || principalOf(identity) !== principalOf(caller.identity)) {
      throw new GateError('SESSION_FOREIGN', text, { hint });
    }
    return connection;
  }

  /** @throws GateError SESSION_MISSING, SESSION_UNKNOWN */
  #session(visit: Visit, { session }: LegacyConnection): Session {
    if (!session) throw new GateError('SESSION_MISSING', 'initialize comes first');
    const { identity, upstream } = visit.caller;
    visit.session = session.name;
    return this.#options.sessions.find(session.id, identity, upstream);
  }
}

/** @throws GateError HTTP_PROTOCOL_VERSION */
function checkRevision({ headers: head }: IncomingMessage): void {
  checkVersion(head);
  const version = headerText(head, headers.version);
  if (!isStatelessRevision(version)) return;
  throw new GateError('HTTP_PROTOCOL_VERSION', `revision ${version} has no HTTP with SSE`);
}
