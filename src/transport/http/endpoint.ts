import type { IncomingMessage, ServerResponse } from 'node:http';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Frame, RequestId } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import type { Caller } from '../../pipeline/caller.ts';
import type { Rejected } from '../../pipeline/rejections.ts';
import type { Relay } from '../../pipeline/relay.ts';
import type { Session } from '../../pipeline/session.ts';
import type { Sessions } from '../../pipeline/sessions.ts';
import type { Stream } from '../../pipeline/stream.ts';
import { headers } from '../../protocol/headers.ts';
import { decodeFrame, type FrameLimits } from '../../protocol/jsonrpc.ts';
import { ClientResponse, sendError } from './client-response.ts';
import { versionFacts } from './error-answer.ts';
import { KeepAlive } from './keep-alive.ts';
import { checkGet, checkPost, checkVersion, headerText } from './request-check.ts';

export interface EndpointOptions {
  readonly relay: Relay;
  readonly sessions: Sessions;
  readonly limits: FrameLimits;
  readonly reject: (rejected: Omit<Rejected, 'revision'>, error: GateError) => void;
  readonly log: Log;
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
    const frame = decode(body, this.#options.limits);
    if (frame.kind !== 'notification')
      found.id = frame.kind === 'request' ? frame.message.id : null;
    if ('method' in frame.message) found.method = frame.message.method;
    const client = new ClientResponse(response, this.#keepAlive, found.id);
    const { relay } = this.#options;
    if (frame.kind === 'request') {
      const founds = frame.message.method === 'initialize';
      const session = founds ? undefined : this.#session(request, caller, found);
      return relay.request(caller, session, frame, client);
    }
    return relay.notify(caller, this.#session(request, caller, found), frame, client);
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
    { identity, upstream, ip }: Caller,
    { id, method, session }: Findings,
  ): void {
    const error = thrown instanceof GateError ? thrown : faultOf(thrown);
    if (error.code === 'STAGE_FAULT') {
      const fields = { code: error.code, upstream, cause: messageOf(thrown) };
      this.#options.log.error(fields, 'a request failed in the gate');
    }
    this.#options.reject({ upstream, method, identity, session, ip }, error);
    if (response.headersSent) response.end();
    else sendError(response, shown(error), id, {}, versionFacts(error, request.headers));
  }
}

/** Whoever holds another's session id learns nothing from it; only the transcript tells the two apart. */
function shown(error: GateError): GateError {
  if (error.code !== 'SESSION_FOREIGN') return error;
  const { message, hint } = error;
  return new GateError('SESSION_UNKNOWN', message, hint === undefined ? {} : { hint });
}

function decode(body: unknown, limits: FrameLimits): Frame {
  if (!(body instanceof Uint8Array)) {
    throw new GateError('FRAME_NOT_JSON', 'the request has no body');
  }
  return decodeFrame(body, 'up', limits);
}

function faultOf(cause: unknown): GateError {
  return new GateError('STAGE_FAULT', 'the gate failed to handle the request', { cause });
}
