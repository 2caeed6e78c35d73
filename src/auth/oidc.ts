import { decodeJwt } from 'jose';
import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import type { Clock, Log } from '../model/seams.ts';
import { bearerToken } from './bearer.ts';
import { challengeOf } from './challenge.ts';
import type { Authenticator } from './contract.ts';
import type { IssuerOptions } from './issuer-options.ts';
import { metadataUrl, requiredScopes, resourceMetadata, resourceUrl } from './resource.ts';
import { TokenCache } from './token-cache.ts';
import { invalidToken, tokenError } from './token-error.ts';
import { TokenVerifier } from './token-verifier.ts';

export interface OidcOptions {
  readonly issuers: readonly IssuerOptions[];
  /** The URL under which clients know the gate; a function, since a free port is known only after listening. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Verifies JWT access tokens of OIDC and OAuth issuers by the keys that they publish. */
export class OidcAuthenticator implements Authenticator {
  readonly #issuers: readonly IssuerOptions[];
  readonly #publicUrl: () => string;
  readonly #verifiers: ReadonlyMap<string, TokenVerifier>;
  readonly #cache: TokenCache;

  /** @throws GateError CONFIG_INVALID where an issuer is given twice or with an algorithm that can't serve */
  constructor({ issuers, publicUrl, clock, log }: OidcOptions) {
    this.#issuers = issuers;
    this.#publicUrl = publicUrl;
    this.#verifiers = new Map(
      issuers.map((issuer) => [issuer.url, new TokenVerifier(issuer, clock, log)]),
    );
    if (this.#verifiers.size < issuers.length) {
      throw new GateError('CONFIG_INVALID', 'two issuers have the same url');
    }
    this.#cache = new TokenCache(clock);
  }

  authenticate(authorization: string | undefined, endpoint: string): Identity | Promise<Identity> {
    const token = bearerToken(authorization);
    const key = this.#cache.key(token, endpoint);
    return this.#cache.get(key) ?? this.#verify(token, endpoint, key);
  }

  challenge(error: GateError, endpoint: string): string {
    const metadata = metadataUrl(this.#resource(endpoint));
    return challengeOf(error, metadata, requiredScopes(this.#issuers));
  }

  metadata(endpoint: string): JsonObject {
    return resourceMetadata(this.#resource(endpoint), endpoint, this.#issuers);
  }

  async #verify(token: string, endpoint: string, key: string): Promise<Identity> {
    const verifier = this.#verifiers.get(unverifiedIssuer(token));
    if (!verifier) throw invalidToken("the token's issuer is not accepted here");
    const { identity, until } = await verifier.verify(token, this.#resource(endpoint));
    this.#cache.set(key, identity, until);
    return identity;
  }

  #resource(endpoint: string): string {
    return resourceUrl(this.#publicUrl(), endpoint);
  }
}

/** Only chooses among configured issuers; the verification then proves or refutes it. */
function unverifiedIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch (error) {
    throw tokenError(error);
  }
}
