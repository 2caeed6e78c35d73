import type { IncomingMessage, ServerResponse } from 'node:http';
import { GateError } from '../../model/errors.ts';
import type { Frame, RequestId } from '../../model/message.ts';
import type { Caller } from '../../pipeline/caller.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import type { Rejected } from '../../pipeline/rejections.ts';
import type { Relay } from '../../pipeline/relay.ts';
import type { Session } from '../../pipeline/session.ts';
import type { Sessions } from '../../pipeline/sessions.ts';
import type { Stream } from '../../pipeline/stream.ts';
import { BATCH_REVISION, type BatchMember, decodeBatch, isBatch } from '../../protocol/batch.ts';
import { headers } from '../../protocol/headers.ts';
import { decodeFrame, type FrameLimits } from '../../protocol/jsonrpc.ts';
import { BatchResponse } from './batch-response.ts';
import { ClientResponse, sendError } from './client-response.ts';
import { asGateError, versionFacts } from './error-answer.ts';
import { KeepAlive } from './keep-alive.ts';
import { checkGet, checkPost, checkVersion, headerText } from './request-check.ts';

export interface EndpointOptions {
  readonly relay: Relay;
  readonly sessions: Sessions;
  readonly limits: FrameLimits;
  readonly reject: (rejected: Omit<Rejected, 'revision'>, error: GateError) => void;
}

/** How long a stream may go on after its token, for clocks that differ; milliseconds. */
const EXPIRY_TOLERANCE = 60_000;
/** Node's timers can't wait longer. */
const MAX_TIMER = 2 ** 31 - 1;

/** What was found out about a request before it failed, if it does. */
interface Findings {
  id: RequestId | null;
  method: string;
  session: string | undefined;
}

/** The MCP endpoint of each upstream: Streamable HTTP of the session era, for callers who are known. */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #keepAlive = new KeepAlive();

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** Serves one request to its end. Never rejects: whatever fails is answered and recorded. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    body: unknown,
  ): Promise<void> {
    const found: Findings = { id: null, method: request.method ?? '', session: undefined };
    const protocol = headerText(request.headers, headers.version);
    const named = { ...caller, protocol };
    try {
      if (request.method === 'POST') await this.#post(request, response, named, body, found);
      else if (request.method === 'GET') this.#get(request, response, named, found);
      else await this.#delete(request, response, named, found);
    } catch (error) {
      this.#fail(error, request, response, caller, found);
    }
  }

  async #post(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    body: unknown,
    found: Findings,
  ): Promise<void> {
    checkPost(request.headers);
    if (!(body instanceof Uint8Array)) {
      throw new GateError('FRAME_NOT_JSON', 'the request has no body');
    }
    if (isBatch(body)) return this.#batch(request, response, caller, body, found);
    const frame = decodeFrame(body, 'up', this.#options.limits);
    found.id = frame.kind === 'request' ? frame.message.id : null;
    if ('method' in frame.message) found.method = frame.message.method;
    const client = new ClientResponse(response, this.#keepAlive, found.id);
    const founds = frame.kind === 'request' && frame.message.method === 'initialize';
    const session = founds ? undefined : this.#session(request, caller, found);
    return this.#send(caller, session, frame, client);
  }

  /** Each member is judged, sent and answered as if it had come alone. */
  async #batch(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    body: Uint8Array,
    found: Findings,
  ): Promise<void> {
    found.method = 'batch';
    const session = this.#session(request, caller, found);
    const revision = caller.protocol ?? session.protocol;
    if (revision !== BATCH_REVISION) {
      const hint = 'send each message in a request of its own';
      throw new GateError('FRAME_BATCH', `batches belong to revision ${BATCH_REVISION}`, { hint });
    }
    const members = decodeBatch(body, this.#options.limits);
    const client = new ClientResponse(response, this.#keepAlive, null);
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
      this.#refuse(error, caller, { id: null, method, session: session.name });
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

  #get(request: IncomingMessage, response: ServerResponse, caller: Caller, found: Findings): void {
    checkGet(request.headers);
    const session = this.#session(request, caller, found);
    const client = new ClientResponse(response, this.#keepAlive, null);
    // It may have gone while its token was verified, and then it doesn't say so again.
    if (client.gone) return;
    const lastEventId = headerText(request.headers, headers.lastEvent);
    const stream = this.#options.relay.listen(caller, session, lastEventId, client);
    const expiry = this.#expiry(caller, stream);
    response.once('close', () => {
      clearTimeout(expiry);
      void stream.cancel();
    });
  }

  /** A stream doesn't outlive the token that opened it. */
  #expiry({ identity }: Caller, stream: Stream): NodeJS.Timeout | undefined {
    const { exp } = identity.claims;
    if (typeof exp !== 'number') return undefined;
    const left = exp * 1_000 + EXPIRY_TOLERANCE - Date.now();
    return setTimeout(() => void stream.cancel(), Math.min(left, MAX_TIMER)).unref();
  }

  async #delete(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    found: Findings,
  ): Promise<void> {
    checkVersion(request.headers);
    const session = this.#session(request, caller, found);
    await this.#options.relay.leave(caller, session);
    response.writeHead(200).end();
  }

  /** @throws GateError SESSION_MISSING, SESSION_UNKNOWN, SESSION_FOREIGN */
  #session(request: IncomingMessage, { identity, upstream }: Caller, found: Findings): Session {
    const id = headerText(request.headers, headers.session);
    if (id === undefined) {
      const hint = 'send the Mcp-Session-Id that initialize was answered with';
      throw new GateError('SESSION_MISSING', 'the request names no session', { hint });
    }
    const session = this.#options.sessions.find(id, identity, upstream);
    found.session = session.name;
    return session;
  }

  #fail(
    thrown: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    found: Findings,
  ): void {
    const error = asGateError(thrown);
    this.#refuse(error, caller, found);
    if (response.headersSent) response.end();
    else sendError(response, shown(error), found.id, {}, versionFacts(error, request.headers));
  }

  /** Records what did not become an exchange. */
  #refuse(error: GateError, { identity, upstream, ip }: Caller, found: Findings): void {
    const { method, session } = found;
    this.#options.reject({ upstream, method, identity, session, ip }, error);
  }
}

/** Whoever holds another's session id learns nothing from it; only the transcript tells the two apart. */
function shown(error: GateError): GateError {
  if (error.code !== 'SESSION_FOREIGN') return error;
  const { message, hint } = error;
  return new GateError('SESSION_UNKNOWN', message, hint === undefined ? {} : { hint });
}
