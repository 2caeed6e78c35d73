import type { ServerResponse } from 'node:http';
import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Caller } from '../../pipeline/caller.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import type { Conduit } from '../../pipeline/conduit.ts';
import type { Session } from '../../pipeline/session.ts';
import type { Sessions } from '../../pipeline/sessions.ts';
import { BATCH_REVISION, type BatchMember, decodeBatch } from '../../protocol/batch.ts';
import { headers } from '../../protocol/headers.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import { BatchResponse } from './batch-response.ts';
import { ClientResponse } from './client-response.ts';
import { type Reject, refuse, type SessionEra, type Visit } from './endpoint.ts';
import { asGateError } from './error-answer.ts';
import { decodeEventId, kindOf } from './event-id.ts';
import { EventStore } from './event-store.ts';
import type { KeepAlive } from './keep-alive.ts';
import { checkGet, headerText } from './request-check.ts';
import { Resumable } from './resumable.ts';
import { standingOf } from './standing.ts';
import { onExpiry } from './token-expiry.ts';

export interface SessionEndpointOptions {
  readonly relay: Conduit;
  readonly sessions: Sessions;
  readonly keepAlive: KeepAlive;
  readonly limits: FrameLimits;
  readonly reject: Reject;
  /** What is kept for clients that lose their connection; a store of its own where left out. */
  readonly events?: EventStore<Resumable>;
}

/** The revision that has events without a message (2025-11-25, transports, sending messages). */
const PRIMING_REVISION = '2025-11-25';

/** Streamable HTTP of the session era (2025-03-26 to 2025-11-25, transports). */
export class SessionEndpoint implements SessionEra {
  readonly #options: SessionEndpointOptions;
  readonly #events: EventStore<Resumable>;

  constructor(options: SessionEndpointOptions) {
    this.#options = options;
    this.#events = options.events ?? new EventStore();
  }

  async post(visit: Visit, frame: Frame): Promise<void> {
    const client = new ClientResponse(visit.response, this.#options.keepAlive, visit.id);
    const founds = frame.kind === 'request' && frame.message.method === 'initialize';
    const session = founds ? undefined : this.#session(visit);
    const streams = session && frame.kind === 'request';
    const sink = streams ? this.#resumable('call', visit, session, client) : client;
    return this.#send(visit.caller, session, frame, sink);
  }

  /** Each member is judged, sent and answered as if it had come alone. */
  async batch(visit: Visit, body: Uint8Array): Promise<void> {
    visit.method = 'batch';
    const session = this.#session(visit);
    const { caller, response } = visit;
    const revision = caller.protocol ?? session.protocol;
    if (revision !== BATCH_REVISION) {
      const hint = 'send each message in a request of its own';
      throw new GateError('FRAME_BATCH', `batches belong to revision ${BATCH_REVISION}`, { hint });
    }
    const members = decodeBatch(body, this.#options.limits);
    const client = new ClientResponse(response, this.#options.keepAlive, null);
    const stream = this.#resumable('call', visit, session, client);
    const whole = new BatchResponse(stream, members.length);
    await Promise.all(members.map((member) => this.#member(caller, session, member, whole)));
  }

  async #member(
    caller: Caller,
    session: Session,
    member: BatchMember,
    whole: BatchResponse,
  ): Promise<void> {
    const broken = member instanceof GateError;
    const id = broken ? null : member.kind === 'request' ? member.message.id : undefined;
    const client = whole.part(id);
    try {
      if (broken) throw member;
      if (member.kind === 'request' && member.message.method === 'initialize') {
        throw new GateError('FRAME_INVALID', 'initialize must not be part of a batch');
      }
      await this.#send(caller, session, member, client);
    } catch (thrown) {
      const error = asGateError(thrown);
      const method = !broken && 'method' in member.message ? member.message.method : 'batch';
      refuse({ caller, method, session: session.name }, error, this.#options.reject);
      client.fail(error);
    }
  }

  async #send(
    caller: Caller,
    session: Session | undefined,
    frame: Frame,
    client: ClientSink,
  ): Promise<void> {
    const { relay } = this.#options;
    if (frame.kind === 'request') return relay.request(caller, session, frame, client);
    // Only initialize has no session, and that is a request.
    if (session) return relay.notify(caller, session, frame, client);
  }

  get(visit: Visit): void {
    const { request, response } = visit;
    checkGet(request.headers);
    const session = this.#session(visit);
    const client = new ClientResponse(response, this.#options.keepAlive, null);
    // It may have gone while its token was verified, and then it doesn't say so again.
    if (client.gone) return;
    const lastEventId = headerText(request.headers, headers.lastEvent);
    if (lastEventId === undefined) return this.#takeOver(visit, session, client);
    const cursor = decodeEventId(lastEventId);
    // A client that came to the upstream without the gate has the upstream's own ids.
    if (!cursor) return this.#listen(visit, session, client, lastEventId);
    const stream = this.#events.find(session, cursor.stream);
    // What it holds was let through for somebody else, and so would be what comes.
    if (stream && !isOf(stream, visit)) this.#events.forget(stream);
    else if (stream?.hasMore(cursor.number)) {
      stream.resume(client, cursor.number);
      return endWithToken(visit, stream, client);
    }
    if (kindOf(cursor.stream) === 'call') return noStream(response);
    this.#listen(visit, session, client, cursor.upstream);
  }

  /** A client that lost its stream goes on with it, even if it doesn't say so. */
  #takeOver(visit: Visit, session: Session, client: ClientResponse): void {
    const left = this.#left(session, (stream) => isOf(stream, visit));
    if (left) {
      left.resume(client, left.delivered);
      return endWithToken(visit, left, client);
    }
    const other = this.#left(session);
    if (other) this.#events.forget(other);
    this.#listen(visit, session, client, other?.upstreamId);
  }

  #listen(
    visit: Visit,
    session: Session,
    client: ClientResponse,
    lastEventId: string | undefined,
  ): void {
    const sink = this.#resumable('listen', visit, session, client);
    const open = () => this.#options.relay.listen(visit.caller, session, lastEventId, sink);
    const stream = this.#inPlaceOfLeft(session, open);
    sink.onGone(() => void stream.cancel('the client has gone'));
    endWithToken(visit, sink, client);
  }

  /** Opens a stream. One whose client is away gives way where there are too many. */
  #inPlaceOfLeft<Opened>(session: Session, open: () => Opened): Opened {
    try {
      return open();
    } catch (error) {
      const left = this.#left(session);
      if (!left || !(error instanceof GateError) || error.code !== 'CALL_LIMIT') throw error;
      this.#events.forget(left);
      return open();
    }
  }

  /** The oldest stream of the upstream's own messages whose client is away. */
  #left(session: Session, fits = (_: Resumable) => true): Resumable | undefined {
    const streams = this.#events.of(session);
    return streams.find((stream) => stream.kind === 'listen' && stream.waits && fits(stream));
  }

  #resumable(
    kind: 'call' | 'listen',
    { caller, id }: Visit,
    session: Session,
    client: ClientResponse,
  ): Resumable {
    const primes = (caller.protocol ?? session.protocol) === PRIMING_REVISION;
    const standing = standingOf(caller.identity);
    return new Resumable({ kind, session, standing, client, id, primes, store: this.#events });
  }

  async delete(visit: Visit): Promise<void> {
    const session = this.#session(visit);
    await this.#options.relay.leave(visit.caller, session);
    this.#events.end(session);
    visit.response.writeHead(200).end();
  }

  /** @throws GateError SESSION_MISSING, SESSION_UNKNOWN, SESSION_FOREIGN */
  #session(visit: Visit): Session {
    const { request, caller } = visit;
    const { identity, upstream } = caller;
    const id = headerText(request.headers, headers.session);
    if (id === undefined) {
      const hint = 'send the Mcp-Session-Id that initialize was answered with';
      throw new GateError('SESSION_MISSING', 'the request names no session', { hint });
    }
    const session = this.#options.sessions.find(id, identity, upstream);
    visit.session = session.name;
    return session;
  }
}

/** What a stream brings is judged as its opener: true where that is still who visits. */
function isOf(stream: Resumable, { caller }: Visit): boolean {
  return stream.standing === standingOf(caller.identity);
}

/** A connection doesn't outlive the token that opened it; the client may come back with another. */
function endWithToken({ caller, response }: Visit, stream: Resumable, client: ClientResponse) {
  onExpiry(caller.identity, response, () => stream.release(client));
}

/**
 * Nothing more will come on the stream of a call. An empty stream would say so as well, but clients would come back
 * for more as long as they live: the official SDKs do until they have a result, which an error is not for them. 405 is
 * the other answer that a GET may have.
 */
function noStream(response: ServerResponse): void {
  response.writeHead(405, { allow: 'POST, DELETE' }).end();
}
