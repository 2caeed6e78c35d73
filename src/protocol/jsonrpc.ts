import { GateError } from '../model/errors.ts';
import {
  deeperThan,
  isObject,
  type Json,
  type JsonObject,
  member,
  parseJson,
} from '../model/json.ts';
import type { Direction, ErrorAnswer, Frame, RequestId } from '../model/message.ts';

/** Error codes of JSON-RPC 2.0 (section 5.1) and of the gate (PROTOCOL, section 5). */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** MCP, until 2026-07-28. */
  resourceNotFound: -32002,
  /** Server error for HTTP-level refusals, as the official SDKs use it. */
  server: -32000,
  blocked: -32010,
  /** It waits for people to say yes. */
  held: -32011,
  /** It has waited for people, and will not be made. */
  denied: -32012,
  upstream: -32013,
  /** MCP 2026-07-28: a header and the body differ. */
  headerMismatch: -32020,
  /** MCP 2026-07-28: the client did not declare a capability that is needed. */
  missingCapability: -32021,
  /** MCP 2026-07-28: unsupported protocol version; `data` has `supported` and `requested`. */
  unsupportedVersion: -32022,
} as const;

export interface FrameLimits {
  /** Bytes. */
  readonly bytes: number;
  /** Brackets inside brackets. */
  readonly depth: number;
}

const MAX_ID_LENGTH = 1024;
/** What a header can repeat (2026-07-28, `Mcp-Method`). */
const METHOD = /^[\x21-\x7e]{1,256}$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one JSON-RPC message. What is not part of its envelope is no part of the message, so that nothing goes up that
 * policy has not seen. What comes down keeps its text as well, and leaves as that text unless a stage drops it.
 *
 * @throws GateError FRAME_*
 */
export function decodeFrame(bytes: Uint8Array, direction: Direction, limits: FrameLimits): Frame {
  if (bytes.byteLength > limits.bytes) {
    throw new GateError('FRAME_TOO_LARGE', `the message has more than ${limits.bytes} bytes`);
  }
  return decodeText(textOf(bytes), direction, limits);
}

/** The same for text that is known to be within the size limit. */
export function decodeText(text: string, direction: Direction, limits: FrameLimits): Frame {
  const frame = frameOf(parseText(text, limits.depth), direction);
  // What goes up is always written anew, so that the upstream reads just what policy read.
  return direction === 'down' ? { ...frame, source: text } : frame;
}

/** @throws GateError FRAME_NOT_JSON */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new GateError('FRAME_NOT_JSON', 'the message is not valid UTF-8');
  }
}

/** @throws GateError FRAME_TOO_DEEP, FRAME_NOT_JSON */
export function parseText(text: string, depth: number): Json {
  if (deeperThan(text, depth)) {
    throw new GateError('FRAME_TOO_DEEP', `the message nests deeper than ${depth}`);
  }
  try {
    return parseJson(text);
  } catch {
    throw new GateError('FRAME_NOT_JSON', 'the message is not JSON');
  }
}

/**
 * The message that a value is.
 *
 * @throws GateError FRAME_BATCH, FRAME_INVALID
 */
export function frameOf(value: Json, direction: Direction): Frame {
  if (Array.isArray(value)) {
    const hint = 'send each message in a request of its own';
    throw new GateError('FRAME_BATCH', 'batches are not accepted here', { hint });
  }
  if (!isObject(value) || value.jsonrpc !== '2.0') throw invalid('"jsonrpc" must be "2.0"');
  return member(value, 'method') === undefined
    ? answerFrame(value, direction)
    : callFrame(value, direction);
}

function callFrame(value: JsonObject, direction: Direction): Frame {
  const { method, params } = value;
  if (typeof method !== 'string' || !METHOD.test(method)) {
    throw invalid('"method" must be a short string of visible ASCII characters');
  }
  if (params !== undefined && !isObject(params)) throw invalid('"params" must be an object');
  const body = { method, ...(params === undefined ? {} : { params }) };
  const id = member(value, 'id');
  if (id === undefined) {
    return { kind: 'notification', direction, message: { jsonrpc: '2.0', ...body } };
  }
  return { kind: 'request', direction, message: { jsonrpc: '2.0', id: idOf(id), ...body } };
}

function answerFrame(value: JsonObject, direction: Direction): Frame {
  const id = member(value, 'id');
  const result = member(value, 'result');
  const error = member(value, 'error');
  if ((result === undefined) === (error === undefined)) {
    throw invalid('a message needs a method, a result or an error, and only one of them');
  }
  if (result !== undefined) {
    if (!isObject(result)) throw invalid('"result" must be an object');
    if (id === undefined || id === null) throw invalid('a result needs the id of its request');
    const message = { jsonrpc: '2.0' as const, id: idOf(id), result };
    return { kind: 'result', direction, message };
  }
  const message = {
    jsonrpc: '2.0' as const,
    id: id === undefined || id === null ? null : idOf(id),
    error: errorOf(error),
  };
  return { kind: 'error', direction, message };
}

function errorOf(error: Json | undefined): ErrorAnswer['error'] {
  if (!isObject(error)) throw invalid('"error" must be an object');
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') {
    throw invalid('"error" needs a numeric code and a message');
  }
  return { code, message, ...(data === undefined ? {} : { data }) };
}

function idOf(id: Json): RequestId {
  if (typeof id === 'number' || (typeof id === 'string' && id.length <= MAX_ID_LENGTH)) return id;
  throw invalid('"id" must be a number or a short string');
}

function invalid(message: string): GateError {
  return new GateError('FRAME_INVALID', `this is no JSON-RPC 2.0 message: ${message}`);
}

/** An error answer, ready to send. */
export function errorAnswer(
  id: RequestId | null,
  code: number,
  message: string,
  data?: Json,
): ErrorAnswer {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}
