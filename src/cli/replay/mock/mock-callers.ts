import { hash, timingSafeEqual } from 'node:crypto';
import type { Authenticator } from '../../../auth/contract.ts';
import { GateError } from '../../../model/errors.ts';
import type { Identity } from '../../../model/identity.ts';
import type { JsonObject } from '../../../model/json.ts';

const anybody: Identity = {
  ...{ sub: 'mock', issuer: 'sallyport replay mock' },
  ...{ groups: [], scopes: [], claims: {} },
};

/** Lets anybody call who brings the token, or anybody where there is none. */
export class MockCallers implements Authenticator {
  readonly #digest: Uint8Array | undefined;

  constructor(token: string | undefined) {
    this.#digest = token === undefined ? undefined : digestOf(token);
  }

  authenticate(authorization: string | undefined): Identity {
    if (!this.#digest) return anybody;
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) throw new GateError('AUTH_TOKEN_MISSING', 'a bearer token is needed');
    if (timingSafeEqual(digestOf(token), this.#digest)) return anybody;
    throw new GateError('AUTH_TOKEN_INVALID', 'the bearer token is not the one of this mock');
  }

  challenge({ code }: GateError): string {
    return code === 'AUTH_TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
  }

  /** There is nobody to ask for a token. */
  metadata(): JsonObject {
    throw new GateError('HTTP_PATH', 'there is nothing here');
  }
}

function digestOf(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}
