import {
  type CryptoKey,
  errors,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose';
import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import { isObject, type JsonObject, member } from '../model/json.ts';
import type { Clock, Log } from '../model/seams.ts';
import { identityOf } from './claims.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { IssuerOptions } from './issuer-options.ts';
import { tokenClaims } from './token-claims.ts';
import { invalidToken, ScopeError, tokenError } from './token-error.ts';

/** Access tokens (RFC 9068, section 2.1) and JWTs that don't say what they are for; not logout tokens and the like. */
const TYPES = new Set(['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt']);
const ASYMMETRIC = /^(?:[RPE]S(?:256|384|512)|EdDSA|Ed25519)$/;

/** A verified token: whose it is, and until when, in milliseconds since the epoch. */
export interface Verified {
  readonly identity: Identity;
  readonly until: number;
}

/** Verifies the tokens of one issuer. */
export class TokenVerifier {
  readonly #options: IssuerOptions;
  readonly #clock: Clock;
  readonly #keys: IssuerKeys;

  /** @throws GateError CONFIG_INVALID where an algorithm is not an asymmetric signature */
  constructor(options: IssuerOptions, clock: Clock, log: Log) {
    const wrong = options.algorithms.find((algorithm) => !ASYMMETRIC.test(algorithm));
    if (wrong !== undefined) {
      // A MAC would be verified with the issuer's public key as its secret.
      throw new GateError('CONFIG_INVALID', `algorithm ${wrong} is no asymmetric signature`);
    }
    this.#options = options;
    this.#clock = clock;
    this.#keys = new IssuerKeys(options.url, clock, log);
  }

  /**
   * @param resource the URL of the endpoint that the token must be meant for
   * @throws GateError any of the AUTH codes but AUTH_TOKEN_MISSING
   */
  async verify(token: string, resource: string): Promise<Verified> {
    const keys = await this.#keys.get();
    const { payload, protectedHeader } = await verifyWith(keys, token, this.#rules(resource)).catch(
      (error: unknown) => {
        throw tokenError(error);
      },
    );
    if (protectedHeader.typ !== undefined && !TYPES.has(protectedHeader.typ.toLowerCase())) {
      throw invalidToken('the token is of another type than an access token');
    }
    const claims = tokenClaims(token);
    refuseBound(claims);
    const identity = identityOf(claims, this.#options);
    this.#checkScopes(identity);
    return { identity, until: (payload.exp ?? 0) * 1_000 + this.#options.clock_tolerance };
  }

  #rules(resource: string): JWTVerifyOptions {
    const { url, algorithms, audience, clock_tolerance } = this.#options;
    return {
      algorithms: [...algorithms],
      issuer: url,
      // Clients differ in the final slash of the resource they ask for; nothing else may differ.
      audience: [resource, `${resource}/`].concat(audience ?? []),
      requiredClaims: ['exp', 'sub'],
      clockTolerance: clock_tolerance / 1_000,
      currentDate: new Date(this.#clock()),
    };
  }

  #checkScopes(identity: Identity): void {
    const required = this.#options.required_scopes;
    if (!required.every((scope) => identity.scopes.includes(scope))) throw new ScopeError(required);
  }
}

/** Verifies with the key that the header names; where it names none, with each that fits. */
async function verifyWith(
  keys: JWTVerifyGetKey,
  token: string,
  rules: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keys, rules);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const result = await verifyOrSkip(key, token, rules);
      if (result) return result;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

async function verifyOrSkip(key: CryptoKey, token: string, rules: JWTVerifyOptions) {
  try {
    return await jwtVerify(token, key, rules);
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return undefined;
    throw error;
  }
}

/** RFC 9449, section 7.2: a token bound to a key is no bearer token, whoever stole it could use it. */
function refuseBound(claims: JsonObject): void {
  const bound = member(claims, 'cnf');
  if (isObject(bound) && Object.keys(bound).length > 0) {
    throw invalidToken('the token is bound to a key', 'get one that is not (no DPoP, no mTLS)');
  }
}
