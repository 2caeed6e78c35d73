import { errors } from 'undici';
import { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';

/** What the request was, as far as its response depends on it. */
export interface Asked {
  /** A GET stream. */
  readonly stream: boolean;
  /** Id of the request that is to be answered. */
  readonly id: RequestId | undefined;
  /** It named a session. */
  readonly session: boolean;
  /** It belongs to the stateless era, where nothing opens a session. */
  readonly stateless?: boolean;
}

const MALFORMED = ['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'];

/**
 * What a failed connection means.
 *
 * @param answered the head of a response had come
 */
export function networkError(name: string, cause: Error, answered: boolean): GateError {
  const code = 'code' in cause ? String(cause.code) : '';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new GateError('UPSTREAM_TIMEOUT', `${name} did not answer in time`, { cause });
  }
  // The parser's errors have no code.
  if (cause instanceof errors.HTTPParserError || MALFORMED.includes(code)) {
    return new GateError('UPSTREAM_INVALID', `${name} does not speak HTTP`, { cause });
  }
  if (answered || code === 'UND_ERR_SOCKET') {
    return new GateError('UPSTREAM_ENDED', `${name} broke off its answer`, { cause });
  }
  const message = `${name} cannot be reached${code ? ` (${code})` : ''}`;
  return new GateError('UPSTREAM_UNREACHABLE', message, { cause });
}

/** What an HTTP status without a usable body means. */
export function statusError(
  name: string,
  status: number,
  { stream, session }: Asked,
  retryAfter: string | undefined,
): GateError {
  const wait = retryAfter === undefined ? {} : { retryAfter };
  switch (status) {
    case 404:
      if (session) return new GateError('SESSION_UNKNOWN', `${name} has ended the session`);
      break;
    case 405:
      if (stream) return new GateError('HTTP_METHOD', `${name} has no stream of its own`);
      break;
    case 429:
      return new GateError('UPSTREAM_RATE_LIMIT', `${name} asks for fewer calls`, wait);
    case 503:
      return new GateError('UPSTREAM_BUSY', `${name} is not available now`, wait);
    case 401:
    case 403: {
      const hint = 'an administrator must check the credentials configured for this upstream';
      return new GateError('UPSTREAM_STATUS', `${name} does not accept the gate (${status})`, {
        hint,
      });
    }
  }
  return new GateError('UPSTREAM_STATUS', `${name} answered with HTTP status ${status}`);
}
