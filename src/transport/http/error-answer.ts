import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, GateError } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import type { ErrorAnswer, RequestId } from '../../model/message.ts';
import { headers } from '../../protocol/headers.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { sessionRevisions, statelessRevisions } from '../../protocol/revisions.ts';

interface Row {
  readonly status: number;
  readonly rpc: number;
}
const badRequest: Row = { status: 400, rpc: rpcCodes.invalidRequest };
const notFound: Row = { status: 404, rpc: rpcCodes.server };
const unauthorized: Row = { status: 401, rpc: rpcCodes.server };
const forbidden: Row = { status: 403, rpc: rpcCodes.server };

/** The HTTP status and the JSON-RPC code of each error that a client can meet (PROTOCOL, sections 2 and 5). */
const rows: Partial<Record<ErrorCode, Row>> = {
  AUTH_TOKEN_MISSING: unauthorized,
  AUTH_TOKEN_INVALID: unauthorized,
  AUTH_TOKEN_EXPIRED: unauthorized,
  AUTH_AUDIENCE: unauthorized,
  AUTH_SCOPE: forbidden,
  AUTH_ISSUER_UNAVAILABLE: { status: 503, rpc: rpcCodes.server },
  HTTP_ORIGIN: forbidden,
  HTTP_HOST: forbidden,
  HTTP_METHOD: { status: 405, rpc: rpcCodes.server },
  HTTP_ACCEPT: { status: 406, rpc: rpcCodes.server },
  HTTP_CONTENT_TYPE: { status: 415, rpc: rpcCodes.server },
  HTTP_PROTOCOL_VERSION: { status: 400, rpc: rpcCodes.unsupportedVersion },
  HTTP_PATH: notFound,
  HEADER_MISMATCH: { status: 400, rpc: rpcCodes.headerMismatch },
  METHOD_UNKNOWN: { status: 404, rpc: rpcCodes.methodNotFound },
  META_INVALID: { status: 400, rpc: rpcCodes.invalidParams },
  FRAME_TOO_LARGE: { status: 413, rpc: rpcCodes.invalidRequest },
  FRAME_NOT_JSON: { status: 400, rpc: rpcCodes.parse },
  FRAME_TOO_DEEP: badRequest,
  FRAME_INVALID: badRequest,
  FRAME_BATCH: badRequest,
  SESSION_MISSING: { status: 400, rpc: rpcCodes.server },
  SESSION_UNKNOWN: notFound,
  SESSION_FOREIGN: notFound,
  SESSION_LIMIT: { status: 503, rpc: rpcCodes.server },
  REQUEST_DUPLICATE: badRequest,
  CALL_LIMIT: { status: 429, rpc: rpcCodes.server },
  UPSTREAM_UNKNOWN: notFound,
  UPSTREAM_UNREACHABLE: { status: 502, rpc: rpcCodes.upstream },
  UPSTREAM_TIMEOUT: { status: 504, rpc: rpcCodes.upstream },
  UPSTREAM_BUSY: { status: 503, rpc: rpcCodes.upstream },
  UPSTREAM_RATE_LIMIT: { status: 429, rpc: rpcCodes.upstream },
  UPSTREAM_STATUS: { status: 502, rpc: rpcCodes.upstream },
  UPSTREAM_INVALID: { status: 502, rpc: rpcCodes.upstream },
  UPSTREAM_ENDED: { status: 502, rpc: rpcCodes.upstream },
  STORE_UNAVAILABLE: { status: 503, rpc: rpcCodes.internal },
  GATE_STOPPING: { status: 503, rpc: rpcCodes.server },
};
const fault: Row = { status: 500, rpc: rpcCodes.internal };

/** The HTTP status that tells of an error. */
export function statusOf({ code }: GateError): number {
  return (rows[code] ?? fault).status;
}

/** Anything thrown as an error that a client can be told. */
export function asGateError(thrown: unknown): GateError {
  if (thrown instanceof GateError) return thrown;
  return new GateError('STAGE_FAULT', 'the gate failed to handle the request', { cause: thrown });
}

/** An error as a JSON-RPC answer; `facts` say more than the code does. */
export function answerOf(
  error: GateError,
  id: RequestId | null,
  facts: { readonly [key: string]: Json } = {},
): ErrorAnswer {
  const { code, message, hint } = error;
  const data = { code, ...(hint === undefined ? {} : { hint }), ...facts };
  const text = hint === undefined ? message : `${message}; ${hint}`;
  return errorAnswer(id, (rows[code] ?? fault).rpc, text, data);
}

/** What a client needs to know to choose another revision (2026-07-28, versioning). */
export function versionFacts(
  { code }: GateError,
  head: IncomingHttpHeaders,
  stateless = false,
): { readonly [key: string]: Json } {
  if (code !== 'HTTP_PROTOCOL_VERSION') return {};
  // A revision with sessions is none for a request that stands for itself.
  const supported = stateless ? statelessRevisions : [...sessionRevisions, ...statelessRevisions];
  return { supported: [...supported], requested: String(head[headers.version]) };
}
