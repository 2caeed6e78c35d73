import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { GateError, messageOf } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import { deeperThan, isObject, type JsonObject, parseJson } from '../model/json.ts';
import type { Clock, Log } from '../model/seams.ts';
import { claimAt, identityOf } from './claims.ts';
import { discoverLogin, type LoginClient } from './login-client.ts';
import { tokenClaims } from './token-claims.ts';

export interface LoginOptions extends LoginClient {
  readonly scopes: readonly string[];
  /** Where the issuer sends people back to; a function, since a free port is known only after listening. */
  readonly redirectUri: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A login that somebody has begun: what proves, once they come back, that it is theirs. Keep it secret. */
export interface LoginAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** How long what an issuer says of itself is believed, in milliseconds. */
const DISCOVERY_LIFETIME = 3_600_000;
/** How long a failure to ask it is remembered, so that strangers at the pages don't have it asked over and over. */
const COOLDOWN = 5_000;
const MAX_DEPTH = 32;

/** Logs people in at an OIDC issuer: authorization code with PKCE, state and nonce. Keeps no token. */
export class Login {
  readonly #options: LoginOptions;
  #known: { readonly configuration: Promise<Configuration>; until: number } | undefined;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /**
   * Begins a login.
   *
   * @param anew asks for the password, or another account, though the issuer may know who it is
   * @returns where the browser goes, and what {@link finish} needs
   * @throws GateError AUTH_ISSUER_UNAVAILABLE
   */
  async begin(anew = false): Promise<{ readonly url: string; readonly attempt: LoginAttempt }> {
    const configuration = await this.#configuration();
    const verifier = randomPKCECodeVerifier();
    const attempt = { state: randomState(), nonce: randomNonce(), verifier };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.#options.redirectUri(),
      scope: this.#scopes.join(' '),
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: attempt.state,
      nonce: attempt.nonce,
      ...(anew && { prompt: 'login' }),
    });
    return { url: url.href, attempt };
  }

  /**
   * Finishes a login.
   *
   * @param query with which the browser came back, as it is in the URL
   * @throws GateError LOGIN_FAILED, AUTH_ISSUER_UNAVAILABLE
   */
  async finish(query: string, attempt: LoginAttempt): Promise<Identity> {
    const configuration = await this.#configuration();
    const back = new URL(this.#options.redirectUri());
    back.search = query;
    const tokens = await authorizationCodeGrant(configuration, back, {
      pkceCodeVerifier: attempt.verifier,
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      idTokenExpected: true,
    }).catch((error: unknown) => {
      throw loginError(error);
    });
    const idToken = tokens.id_token ?? '';
    this.#checkAlgorithm(idToken);
    this.#checkScopes(tokens.scope);
    return this.#identity(configuration, idToken, tokens.access_token);
  }

  async #identity(
    configuration: Configuration,
    idToken: string,
    accessToken: string,
  ): Promise<Identity> {
    try {
      const claims = tokenClaims(idToken);
      const more = await this.#userInfo(configuration, claims, accessToken);
      // What is signed comes first.
      return personOf(identityOf({ ...more, ...claims }, this.#options.issuer));
    } catch (error) {
      throw failed(messageOf(error), error);
    }
  }

  get #scopes(): readonly string[] {
    const { scopes, issuer } = this.#options;
    return [...new Set(['openid', ...scopes, ...issuer.required_scopes])];
  }

  #configuration(): Promise<Configuration> {
    const { clock } = this.#options;
    const now = clock();
    if (this.#known && now < this.#known.until) return this.#known.configuration;
    const configuration = discoverLogin(this.#options).catch((error: unknown) => {
      known.until = clock() + COOLDOWN;
      throw unavailable(error);
    });
    const known = { configuration, until: now + DISCOVERY_LIFETIME };
    this.#known = known;
    return configuration;
  }

  /** The library takes what the issuer says that it signs with; the configuration may be stricter. */
  #checkAlgorithm(token: string): void {
    const head = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8');
    const { alg } = JSON.parse(head) as { readonly alg?: unknown };
    if (this.#options.issuer.algorithms.some((one) => one === alg)) return;
    throw failed('the ID token is signed by an algorithm that is not accepted');
  }

  /** RFC 6749, section 5.1: what was asked for was granted unless the answer says otherwise. */
  #checkScopes(granted: string | undefined): void {
    if (granted === undefined) return;
    const scopes = granted.split(' ');
    const missing = this.#options.issuer.required_scopes.find((scope) => !scopes.includes(scope));
    if (missing !== undefined) throw failed(`the login did not bring the scope ${missing}`);
  }

  /**
   * Many issuers put only `sub` into the ID token, and the rest here (OpenID Connect Core 1.0, section 5.4). Without it
   * somebody has fewer rights, never more; so a login goes on where it can't be had.
   */
  async #userInfo(
    configuration: Configuration,
    claims: JsonObject,
    accessToken: string,
  ): Promise<JsonObject> {
    const { issuer, log } = this.#options;
    const isComplete =
      claims.email !== undefined && claimAt(claims, issuer.groups_claim) !== undefined;
    if (isComplete || !configuration.serverMetadata().userinfo_endpoint) return {};
    try {
      const found = await fetchUserInfo(configuration, accessToken, String(claims.sub));
      return parsedInfo(JSON.stringify(found));
    } catch (error) {
      const fields = { issuer: issuer.url, cause: messageOf(error) };
      log.warn(fields, 'the issuer does not say more of somebody who logs in (userinfo)');
      return {};
    }
  }
}

/** @throws Error where somebody acts for them (RFC 8693, section 4.1): a login is for people, and says nothing of others */
function personOf(identity: Identity): Identity {
  if (identity.actor === undefined) return identity;
  throw new Error('people log in, and nobody who acts for them');
}

/** @throws Error where it nests more deeply than what reads it can follow */
function parsedInfo(text: string): JsonObject {
  const info = deeperThan(text, MAX_DEPTH) ? undefined : parseJson(text);
  if (!isObject(info)) throw new Error('it nests too deeply');
  return info;
}

function failed(message: string, cause?: unknown): GateError {
  const hint = 'log in again; if it stays so, see admin.login and the log of the issuer';
  return new GateError('LOGIN_FAILED', message, { hint, cause });
}

function unavailable(cause: unknown): GateError {
  const hint = 'try again in a moment; see admin.login.issuer';
  const message = 'the issuer where people log in cannot be reached';
  return new GateError('AUTH_ISSUER_UNAVAILABLE', message, { hint, cause });
}

/** What a login that the library refuses means. What the issuer wrote is repeated only where it is a mere word. */
function loginError(error: unknown): GateError {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const word = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'an error';
    return failed(`the issuer did not log you in: ${word}`, error);
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // fetch says nothing but this where there is no connection.
  if (code === 'OAUTH_TIMEOUT' || (error instanceof TypeError && code === undefined)) {
    return unavailable(error);
  }
  return failed('what the issuer answered is no login of this gate', error);
}
