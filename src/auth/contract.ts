import type { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';

/** Tells who calls. */
export interface Authenticator {
  /**
   * Verifies the bearer token of a request for an endpoint. Synchronous when the same token was
   * verified a moment ago.
   *
   * @param authorization the Authorization header
   * @param endpoint its path, such as `mcp/orders`
   * @throws GateError AUTH_TOKEN_MISSING, AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED, AUTH_AUDIENCE, AUTH_SCOPE,
   *   AUTH_ISSUER_UNAVAILABLE (or a promise that rejects with one)
   */
  authenticate(authorization: string | undefined, endpoint: string): Identity | Promise<Identity>;
  /** The `WWW-Authenticate` header for a refusal (RFC 6750, section 3; RFC 9728, section 5.1). */
  challenge(error: GateError, endpoint: string): string;
  /** The metadata of an endpoint as a protected resource (RFC 9728, section 2). */
  metadata(endpoint: string): JsonObject;
}
