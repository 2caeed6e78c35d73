import { errors } from 'jose';
import { GateError } from '../model/errors.ts';

/** A token lacks scopes; says which ones would do. */
export class ScopeError extends GateError {
  readonly scopes: readonly string[];

  constructor(scopes: readonly string[]) {
    super('AUTH_SCOPE', 'the token lacks a scope', {
      hint: `get a token with the scopes: ${scopes.join(' ')}`,
    });
    this.scopes = scopes;
  }
}

/** A refusal of the token itself. No message ever repeats a part of it. */
export function invalidToken(message: string, hint = 'get a new token'): GateError {
  return new GateError('AUTH_TOKEN_INVALID', message, { hint });
}

/** What a failed verification means to the caller. */
export function tokenError(error: unknown): GateError {
  if (error instanceof GateError) return error;
  if (error instanceof errors.JWTExpired) return expired('the token is expired');
  if (error instanceof errors.JWTClaimValidationFailed) return claimError(error);
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return invalidToken('the token is signed by an algorithm that is not accepted');
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return invalidToken('the token is signed by a key that its issuer does not publish');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return invalidToken('the signature of the token does not verify');
  }
  // No cause: the messages of some parsers quote what they read.
  return invalidToken(
    'the token does not verify as a signed JWT',
    'opaque and encrypted tokens do not serve',
  );
}

function claimError(error: errors.JWTClaimValidationFailed): GateError {
  if (error.claim === 'nbf' && error.reason === 'check_failed') {
    return expired('the token is not valid yet');
  }
  if (error.claim === 'aud') {
    return new GateError('AUTH_AUDIENCE', 'the token is meant for another resource', {
      hint: 'ask for a token with the `resource` that the metadata of this endpoint names (RFC 8707)',
    });
  }
  return invalidToken(`the claim ${error.claim} of the token is missing or wrong`);
}

function expired(message: string): GateError {
  return new GateError('AUTH_TOKEN_EXPIRED', message, {
    hint: 'get a new token; if it is new, compare the clocks',
  });
}
