import {
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose';
import { GateError, messageOf } from '../model/errors.ts';
import { isList, type JsonObject, member } from '../model/json.ts';
import type { Clock, Log } from '../model/seams.ts';
import { discoverKeys } from './discovery.ts';
import { fetchJson } from './fetch-json.ts';

/** After this age, keys are fetched anew in the background while the old ones serve. */
const REFRESH_MS = 600_000;
/** Keys of this age serve no longer: one that the issuer withdrew must not live on for as long as it is down. */
const MAX_AGE_MS = 3_600_000;
/** How long a failure is remembered before the issuer is asked again. */
const COOLDOWN_MS = 5_000;

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

interface Loaded {
  readonly url: string;
  readonly keys: RemoteKeys;
  readonly at: number;
}

/**
 * The signature keys of an issuer: found at first use, fetched once for all who wait, refreshed now and then. An
 * unknown key id fetches them anew, at most once in 30 seconds.
 */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #loaded: Loaded | undefined;
  #loading: Promise<RemoteKeys> | undefined;
  #failure: { readonly error: GateError; readonly until: number } | undefined;

  constructor(issuer: string, clock: Clock, log: Log) {
    this.#issuer = issuer;
    this.#clock = clock;
    this.#log = log;
  }

  /** @throws GateError AUTH_ISSUER_UNAVAILABLE */
  async get(): Promise<JWTVerifyGetKey> {
    const loaded = this.#loaded;
    const age = loaded ? this.#clock() - loaded.at : Number.POSITIVE_INFINITY;
    if (loaded && age < REFRESH_MS) return loaded.keys;
    const fresh = this.#load();
    if (!loaded || age >= MAX_AGE_MS) return fresh;
    // Already logged; the old keys serve on.
    fresh.catch(() => undefined);
    return loaded.keys;
  }

  #load(): Promise<RemoteKeys> {
    this.#loading ??= this.#fetchKeys().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetchKeys(): Promise<RemoteKeys> {
    return this.#guarded(async () => {
      const url = await discoverKeys(this.#issuer);
      const keys = this.#loaded?.url === url.href ? this.#loaded.keys : this.#remote(url);
      await keys.reload();
      this.#loaded = { url: url.href, keys, at: this.#clock() };
      this.#log.debug({ issuer: this.#issuer }, 'keys of the issuer loaded');
      return keys;
    });
  }

  #remote(url: URL): RemoteKeys {
    const fetchKeys: FetchImplementation = (href) =>
      this.#guarded(async () => Response.json(await fetchKeySet(href)));
    // How long keys serve is decided here, by the injected clock.
    return createRemoteJWKSet(url, {
      cacheMaxAge: Number.POSITIVE_INFINITY,
      [customFetch]: fetchKeys,
    });
  }

  /** Runs what asks the issuer, unless that failed a moment ago. */
  async #guarded<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#failure && this.#clock() < this.#failure.until) throw this.#failure.error;
    try {
      const answer = await ask();
      this.#failure = undefined;
      return answer;
    } catch (cause) {
      throw this.#failed(cause);
    }
  }

  #failed(cause: unknown): GateError {
    if (cause instanceof GateError) return cause;
    this.#log.warn({ issuer: this.#issuer, reason: messageOf(cause) }, 'issuer unavailable');
    const error = new GateError('AUTH_ISSUER_UNAVAILABLE', "the token's issuer cannot be reached", {
      hint: 'try again in a moment; the log of the gate has the reason',
      cause,
    });
    this.#failure = { error, until: this.#clock() + COOLDOWN_MS };
    return error;
  }
}

/** A JWK Set (RFC 7517, section 5). */
async function fetchKeySet(url: string): Promise<JsonObject> {
  const set = await fetchJson(url);
  if (!isList(member(set, 'keys'))) throw new Error(`${url} is no JWK Set`);
  return set;
}
