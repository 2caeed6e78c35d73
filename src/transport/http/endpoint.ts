import type { IncomingMessage, ServerResponse } from 'node:http';
import { GateError } from '../../model/errors.ts';
import type { Frame, RequestId } from '../../model/message.ts';
import type { Caller } from '../../pipeline/caller.ts';
import type { Rejected } from '../../pipeline/rejections.ts';
import { isBatch } from '../../protocol/batch.ts';
import { headers } from '../../protocol/headers.ts';
import { decodeFrame, type FrameLimits } from '../../protocol/jsonrpc.ts';
import { versionIn } from '../../protocol/meta.ts';
import { isStatelessRevision } from '../../protocol/revisions.ts';
import { sendError } from './client-response.ts';
import { asGateError, versionFacts } from './error-answer.ts';
import { checkPost, checkVersion, headerText } from './request-check.ts';

/** Serves callers who are known, under one kind of path. */
export interface Endpoint {
  /** HTTP methods that it takes. */
  readonly methods: readonly ('POST' | 'GET' | 'DELETE')[];
  /** Serves one request to its end. Never rejects: whatever fails is answered and recorded. */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    body: unknown,
  ): Promise<void>;
}

/** One HTTP request, and what was found out about it before it failed, if it does. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  /** Id of the request, null while there is none. */
  id: RequestId | null;
  /** The message's method, the HTTP method while there is none. */
  method: string;
  /** Name of the session. */
  session: string | undefined;
  /** It is a request of the stateless era. */
  stateless?: boolean;
}

/** Records what did not become an exchange. */
export type Reject = (rejected: Omit<Rejected, 'revision'>, error: GateError) => void;

/** How one era of the protocol is served. */
export interface EraEndpoint {
  post(visit: Visit, frame: Frame): Promise<void>;
}

/** What only the session era has. */
export interface SessionEra extends EraEndpoint {
  batch(visit: Visit, body: Uint8Array): Promise<void>;
  get(visit: Visit): void | Promise<void>;
  delete(visit: Visit): Promise<void>;
}

export interface McpEndpointOptions {
  readonly session: SessionEra;
  readonly stateless: EraEndpoint;
  readonly limits: FrameLimits;
  readonly reject: Reject;
}

/** Streamable HTTP: one endpoint for the clients of both eras; each request tells its own. */
export class McpEndpoint implements Endpoint {
  readonly methods = ['POST', 'GET', 'DELETE'] as const;
  readonly #options: McpEndpointOptions;

  constructor(options: McpEndpointOptions) {
    this.#options = options;
  }

  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    body: unknown,
  ): Promise<void> {
    const visit = visitOf(request, response, caller);
    try {
      if (request.method === 'POST') await this.#post(visit, body);
      else await this.#other(visit);
    } catch (error) {
      fail(visit, error, this.#options.reject);
    }
  }

  async #post(visit: Visit, body: unknown): Promise<void> {
    const { session, stateless, limits } = this.#options;
    const { protocol } = visit.caller;
    const head = visit.request.headers;
    checkPost(head);
    const bytes = bodyOf(body);
    const isStateless = isStatelessRevision(protocol);
    if (isBatch(bytes) && !isStateless) {
      checkVersion(head);
      return session.batch(visit, bytes);
    }
    const frame = readFrame(visit, bytes, limits);
    const params = 'method' in frame.message ? frame.message.params : undefined;
    if (isStateless || versionIn(params) !== undefined) {
      visit.stateless = true;
      return stateless.post(visit, frame);
    }
    // Only now, so that the answer names the request.
    checkVersion(head);
    return session.post(visit, frame);
  }

  async #other(visit: Visit): Promise<void> {
    const { request, caller } = visit;
    checkVersion(request.headers);
    if (isStatelessRevision(caller.protocol)) {
      throw new GateError('HTTP_METHOD', `revision ${caller.protocol} has POST only`);
    }
    const { session } = this.#options;
    return request.method === 'GET' ? session.get(visit) : session.delete(visit);
  }
}

/** A visit that nothing is known of but its headers. */
export function visitOf(request: IncomingMessage, response: ServerResponse, caller: Caller): Visit {
  const protocol = headerText(request.headers, headers.version);
  return {
    ...{ request, response, caller: { ...caller, protocol } },
    ...{ id: null, method: request.method ?? '', session: undefined },
  };
}

/** @throws GateError FRAME_NOT_JSON */
export function bodyOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new GateError('FRAME_NOT_JSON', 'the request has no body');
}

/** The message that a visit brings; what is known of it is noted. */
export function readFrame(visit: Visit, bytes: Uint8Array, limits: FrameLimits): Frame {
  const frame = decodeFrame(bytes, 'up', limits);
  visit.id = frame.kind === 'request' ? frame.message.id : null;
  if ('method' in frame.message) visit.method = frame.message.method;
  return frame;
}

/** Answers and records what failed. */
export function fail(visit: Visit, thrown: unknown, reject: Reject): void {
  const error = asGateError(thrown);
  refuse(visit, error, reject);
  const { request, response, id, stateless } = visit;
  if (response.headersSent) return void response.end();
  const facts = versionFacts(error, request.headers, stateless);
  sendError(response, shown(error), id, moreOf(error), facts);
}

/** Records what did not become an exchange. */
export function refuse(
  { caller, method, session }: Pick<Visit, 'caller' | 'method' | 'session'>,
  error: GateError,
  reject: Reject,
): void {
  const { identity, upstream, ip } = caller;
  reject({ upstream, method, identity, session, ip }, error);
}

function moreOf({ code }: GateError): { readonly [header: string]: string } {
  return code === 'HTTP_METHOD' ? { allow: 'POST' } : {};
}

/** Whoever holds another's session id learns nothing from it; only the transcript tells the two apart. */
function shown(error: GateError): GateError {
  if (error.code !== 'SESSION_FOREIGN') return error;
  const { message, hint } = error;
  return new GateError('SESSION_UNKNOWN', message, hint === undefined ? {} : { hint });
}
