import { GateError } from '../model/errors.ts';

/** Longest accepted token, in characters. */
const MAX_TOKEN = 16_384;
/** `Bearer`, in any case, and what follows it (RFC 9110, section 11.1). */
const SCHEME = /^bearer(?: +|$)/i;
/** `b64token` of RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * The one token of an Authorization header.
 *
 * @throws GateError AUTH_TOKEN_MISSING, AUTH_TOKEN_INVALID
 */
export function bearerToken(authorization: string | undefined): string {
  const scheme = SCHEME.exec(authorization ?? '');
  const rest = scheme ? (authorization ?? '').slice(scheme[0].length) : '';
  if (rest.length > MAX_TOKEN + 64) throw tooLong();
  const token = rest.trim();
  if (token === '') throw missing();
  if (token.length > MAX_TOKEN) throw tooLong();
  if (!TOKEN.test(token)) {
    throw new GateError('AUTH_TOKEN_INVALID', 'the Authorization header is malformed', {
      hint: 'send exactly one token: `Authorization: Bearer TOKEN`',
    });
  }
  return token;
}

function missing(): GateError {
  return new GateError('AUTH_TOKEN_MISSING', 'the request has no bearer token', {
    hint: 'send `Authorization: Bearer TOKEN` with a token of an authorization server of this resource',
  });
}

function tooLong(): GateError {
  return new GateError('AUTH_TOKEN_INVALID', 'the token is too long', {
    hint: `at most ${MAX_TOKEN} characters are accepted`,
  });
}
