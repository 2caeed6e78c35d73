import type { GateError } from '../model/errors.ts';
import { ScopeError } from './token-error.ts';

/**
 * The `WWW-Authenticate` header for a refusal (RFC 6750, section 3; RFC 9728, section 5.1).
 *
 * @param metadata the URL of the metadata of the endpoint
 * @param scopes what a token needs in any case
 */
export function challengeOf(error: GateError, metadata: string, scopes: readonly string[]): string {
  const needed = error instanceof ScopeError ? error.scopes : scopes;
  const parameters: Record<string, string> = {
    resource_metadata: metadata,
    ...errorParameters(error),
    ...(needed.length > 0 && { scope: needed.join(' ') }),
  };
  const list = Object.entries(parameters).map(([name, value]) => `${name}=${quoted(value)}`);
  return `Bearer ${list.join(', ')}`;
}

function errorParameters(error: GateError): Record<string, string> {
  switch (error.code) {
    case 'AUTH_TOKEN_INVALID':
    case 'AUTH_TOKEN_EXPIRED':
    case 'AUTH_AUDIENCE':
      return { error: 'invalid_token', error_description: error.message };
    case 'AUTH_SCOPE':
      return { error: 'insufficient_scope', error_description: error.message };
    default:
      // No token, or none that could be judged: a client must not throw a good one away.
      return {};
  }
}

/** A quoted-string (RFC 9110, section 5.6.4), free of what no header may hold. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}
