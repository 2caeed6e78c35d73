import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Caller } from '../../pipeline/caller.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import type { Conduit } from '../../pipeline/conduit.ts';
import type { Ends, Session } from '../../pipeline/session.ts';
import type { Sessions } from '../../pipeline/sessions.ts';
import { BATCH_REVISION, type BatchMember, decodeBatch } from '../../protocol/batch.ts';
import { headers } from '../../protocol/headers.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import { BatchResponse } from './batch-response.ts';
import { ClientResponse } from './client-response.ts';
import { type Reject, refuse, type SessionEra, type Visit } from './endpoint.ts';
import { asGateError } from './error-answer.ts';
import type { KeepAlive } from './keep-alive.ts';
import { checkGet, headerText } from './request-check.ts';

export interface SessionEndpointOptions {
  readonly relay: Conduit;
  readonly sessions: Sessions;
  readonly keepAlive: KeepAlive;
  readonly limits: FrameLimits;
  readonly reject: Reject;
}

/** How long a stream may go on after its token, for clocks that differ; milliseconds. */
const EXPIRY_TOLERANCE = 60_000;
/** Node's timers can't wait longer. */
const MAX_TIMER = 2 ** 31 - 1;

/** Streamable HTTP of the session era (2025-03-26 to 2025-11-25, transports). */
export class SessionEndpoint implements SessionEra {
  readonly #options: SessionEndpointOptions;

  constructor(options: SessionEndpointOptions) {
    this.#options = options;
  }

  async post(visit: Visit, frame: Frame): Promise<void> {
    const client = new ClientResponse(visit.response, this.#options.keepAlive, visit.id);
    const founds = frame.kind === 'request' && frame.message.method === 'initialize';
    const session = founds ? undefined : this.#session(visit);
    return this.#send(visit.caller, session, frame, client);
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
    const whole = new BatchResponse(client, members.length);
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
    const { request, response, caller } = visit;
    checkGet(request.headers);
    const session = this.#session(visit);
    const client = new ClientResponse(response, this.#options.keepAlive, null);
    // It may have gone while its token was verified, and then it doesn't say so again.
    if (client.gone) return;
    const lastEventId = headerText(request.headers, headers.lastEvent);
    const stream = this.#options.relay.listen(caller, session, lastEventId, client);
    const expiry = this.#expiry(caller, stream);
    response.once('close', () => {
      clearTimeout(expiry);
      void stream.cancel('the client closed it');
    });
  }

  /** A stream doesn't outlive the token that opened it. */
  #expiry({ identity }: Caller, stream: Ends): NodeJS.Timeout | undefined {
    const { exp } = identity.claims;
    if (typeof exp !== 'number') return undefined;
    const left = exp * 1_000 + EXPIRY_TOLERANCE - Date.now();
    return setTimeout(
      () => void stream.cancel('its token has expired'),
      Math.min(left, MAX_TIMER),
    ).unref();
  }

  async delete(visit: Visit): Promise<void> {
    await this.#options.relay.leave(visit.caller, this.#session(visit));
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
