import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { type ErrorCode, type ErrorDetail, GateError, messageOf } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { visible } from '../../model/visible.ts';
import type { McpError } from './mcp-client-answer.ts';

/** Characters of a server's own words that are shown. */
const MAX_TEXT = 500;

/** What went wrong with a server, in the gate's words. */
export function mcpClientError(error: unknown, authorized: boolean): GateError {
  if (error instanceof GateError) return error;
  const said = shown(messageOf(error));
  const made = (code: ErrorCode, message: string, hint?: string) =>
    new GateError(code, message, { ...(hint ? { hint } : {}), cause: error } satisfies ErrorDetail);
  if (error instanceof UnauthorizedError) return unauthorized(authorized, error);
  if (error instanceof SdkHttpError) return ofStatus(error, authorized);
  if (error instanceof ProtocolError) {
    return made('UPSTREAM_STATUS', `the server answered error ${error.code}: ${said}`);
  }
  const system = systemCode(error);
  if (system !== undefined) {
    const hint = 'is it running, and is that where it is?';
    return made('UPSTREAM_UNREACHABLE', `the server cannot be reached: ${system}`, hint);
  }
  if (error instanceof SdkError) {
    switch (error.code) {
      case SdkErrorCode.RequestTimeout:
        return made('UPSTREAM_TIMEOUT', 'the server did not answer in time');
      case SdkErrorCode.ConnectionClosed:
      case SdkErrorCode.NotConnected:
      case SdkErrorCode.SendFailed:
        return made('UPSTREAM_ENDED', 'the server closed the connection without an answer');
      case SdkErrorCode.EraNegotiationFailed:
        return made('UPSTREAM_INVALID', said, 'does it speak MCP, and the era that `era` says?');
      default:
    }
  }
  return made('UPSTREAM_INVALID', `the server cannot be understood: ${said}`);
}

/** The JSON-RPC error that a server answered, which the SDK throws; undefined of everything else. */
export function rpcErrorIn(error: unknown): McpError | undefined {
  const thrown = error instanceof GateError ? error.cause : error;
  if (!(thrown instanceof ProtocolError)) return undefined;
  const { code, message, data } = thrown;
  return { code, message, ...(data === undefined ? {} : { data: data as Json }) };
}

export function invalidAnswer(what: string): GateError {
  return new GateError('UPSTREAM_INVALID', `the server sent ${what}`);
}

export function tooLarge(what: string): GateError {
  return new GateError('FRAME_TOO_LARGE', `the server sent too much: ${what}`);
}

/** Text of a server on one line, its beginning, with hidden characters made visible. */
export function shown(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  return visible(short.trim());
}

function ofStatus(error: SdkHttpError, authorized: boolean): GateError {
  const { status } = error;
  if (status === 401) return unauthorized(authorized, error);
  const message = `the server answered HTTP ${status}: ${shown(bodyOf(error))}`;
  switch (status) {
    case 403:
      return new GateError('UPSTREAM_STATUS', message, {
        hint: 'the caller may not do this, or the token lacks a scope',
        cause: error,
      });
    case 429:
      return new GateError('UPSTREAM_RATE_LIMIT', message, { cause: error });
    case 502:
    case 503:
    case 504:
      return new GateError('UPSTREAM_BUSY', message, { cause: error });
    default:
      return new GateError('UPSTREAM_STATUS', message, {
        hint: 'is it the URL of an MCP endpoint?',
        cause: error,
      });
  }
}

function bodyOf(error: SdkHttpError): string {
  const { text } = error.data;
  return typeof text === 'string' && text !== '' ? text : error.message;
}

function unauthorized(authorized: boolean, cause: unknown): GateError {
  return authorized
    ? new GateError('AUTH_TOKEN_INVALID', 'the server does not accept the token', {
        hint: 'has it expired, and is it meant for this URL?',
        cause,
      })
    : new GateError('AUTH_TOKEN_MISSING', 'the server asks for a token', { cause });
}

/** `ECONNREFUSED` and the like, from an error or what caused it; what `fetch` says where it gives no code. */
function systemCode(error: unknown): string | undefined {
  let cause = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    const { code, errors } = cause as NodeJS.ErrnoException & { readonly errors?: unknown[] };
    if (typeof code === 'string' && /^(?:E[A-Z0-9]+|UND_ERR_[A-Z_]+|CERT_[A-Z_]+)$/.test(code)) {
      return code;
    }
    if (cause instanceof TypeError && cause.message === 'fetch failed' && !errorIn(cause.cause)) {
      return shown(messageOf(cause.cause ?? cause));
    }
    cause = cause.cause ?? errors?.[0] ?? causeInData(cause);
  }
  return undefined;
}

/** True of an error that says more than its message. */
function errorIn(cause: unknown): boolean {
  return cause instanceof Error && ('code' in cause || 'errors' in cause || 'cause' in cause);
}

function causeInData(error: Error): unknown {
  const { data } = error as { readonly data?: { readonly cause?: unknown } };
  return data?.cause;
}
