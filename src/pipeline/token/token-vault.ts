import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { KnownToken } from '../../mask/token/known-token.ts';
import type { Minted } from '../../mask/token/token-mint.ts';
import { isObject, type Json, parseJson, textMember } from '../../model/json.ts';
import type { Clock, TokenEntry, TokenStore } from '../../model/seams.ts';

export interface TokenVaultOptions {
  readonly store: TokenStore;
  /** The masking key: 32 bytes. */
  readonly key: Uint8Array;
  readonly clock: Clock;
}

const NONCE = 12;
const TAG = 16;
/** What is sealed is filled up to a multiple of so many bytes, so that its length says little. */
const BLOCK = 32;
/** Tokens known to be kept already. */
const MAX_KNOWN = 50_000;
/** A token is kept for this part of its time longer, an hour at most, so that it need not be written each time. */
const SPARE = 1 / 16;
const MAX_SPARE = 3_600_000;

type Soon<Value> = Value | Promise<Value>;

/**
 * Keeps what tokens stand for: under a digest of their owner and themselves, sealed (AES-256-GCM), with keys that are
 * derived from the masking key. So the store says neither whose a token is nor what it stands for, and a token of
 * somebody else's is one that was never given out.
 */
export class TokenVault {
  readonly #store: TokenStore;
  readonly #clock: Clock;
  readonly #idKey: KeyObject;
  readonly #sealKey: KeyObject;
  /** Until when tokens are kept, by id. */
  readonly #known = new Map<string, number>();

  constructor({ store, key, clock }: TokenVaultOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#idKey = createSecretKey(derived(key, 'token id'));
    this.#sealKey = createSecretKey(derived(key, 'token value'));
  }

  /**
   * Keeps tokens that are about to be given out. Those that are kept for long enough already are not written again.
   *
   * @throws GateError TOKENS_FULL, TOKENS_UNAVAILABLE
   */
  keep(owner: string, minted: readonly Minted[]): Soon<void> {
    const now = this.#clock();
    const due: TokenEntry[] = [];
    for (const one of minted) {
      const id = this.#id(owner, one.token);
      const until = now + one.expires;
      if ((this.#known.get(id) ?? 0) >= until) continue;
      const expires = until + Math.min(one.expires * SPARE, MAX_SPARE);
      due.push({ id, sealed: this.#seal(id, one), expires });
    }
    if (due.length === 0) return undefined;
    const done = () => {
      if (this.#known.size + due.length > MAX_KNOWN) this.#known.clear();
      for (const { id, expires } of due) this.#known.set(id, expires);
    };
    const saved = this.#forgetting(() => this.#store.save(this.#id(owner, ''), due));
    return saved instanceof Promise ? saved.then(done) : done();
  }

  /**
   * What tokens stand for that were given to an owner. Of those that nobody knows there is nothing.
   *
   * @throws GateError TOKENS_UNAVAILABLE
   */
  look(
    owner: string,
    tokens: readonly string[],
  ): Soon<ReadonlyMap<string, KnownToken | 'expired'>> {
    const ids = tokens.map((token) => this.#id(owner, token));
    const found = this.#store.find(ids);
    const read = (entries: ReadonlyMap<string, TokenEntry>) => {
      const now = this.#clock();
      return new Map(
        tokens.flatMap((token, i): [string, KnownToken | 'expired'][] => {
          const entry = entries.get(ids[i] as string);
          const known = entry && this.#open(entry);
          if (!entry || !known) return [];
          return [[token, entry.expires <= now ? 'expired' : known]];
        }),
      );
    };
    return found instanceof Promise ? found.then(read) : read(found);
  }

  #id(owner: string, token: string): string {
    const text = JSON.stringify([owner, token]);
    return createHmac('sha256', this.#idKey).update(text).digest('base64url');
  }

  #seal(id: string, { value, label, scope }: Minted): Uint8Array {
    const text = JSON.stringify({ v: value, l: label, s: scope });
    const length = Buffer.byteLength(text);
    const filled = text + ' '.repeat(Math.ceil(length / BLOCK) * BLOCK - length);
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(id), nonce);
    const body = Buffer.concat([cipher.update(filled, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, body, cipher.getAuthTag()]);
  }

  /** Undefined where it was not sealed by this key, or was changed. */
  #open({ id, sealed }: TokenEntry): KnownToken | undefined {
    if (sealed.length <= NONCE + TAG) return undefined;
    try {
      const nonce = sealed.subarray(0, NONCE);
      const how = { authTagLength: TAG };
      const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(id), nonce, how);
      decipher.setAuthTag(sealed.subarray(-TAG));
      const body = decipher.update(sealed.subarray(NONCE, -TAG));
      return knownIn(parseJson(Buffer.concat([body, decipher.final()]).toString('utf8')));
    } catch {
      return undefined;
    }
  }

  /**
   * Each entry has a key of its own: none can be put in the place of another, and a nonce that comes twice (one in 2^32
   * times, past which NIST SP 800-38D, section 8.3, allows no more of them for a key) meets the same value again.
   */
  #keyOf(id: string): KeyObject {
    return createSecretKey(createHmac('sha256', this.#sealKey).update(id).digest());
  }

  /** What the store has after a failure, nobody knows. */
  #forgetting(save: () => Soon<void>): Soon<void> {
    const failed = (error: unknown): never => {
      this.#known.clear();
      throw error;
    };
    try {
      const saved = save();
      return saved instanceof Promise ? saved.catch(failed) : saved;
    } catch (error) {
      return failed(error);
    }
  }
}

/** The name of a masking key: it says nothing of the key. */
export function maskKeyName(key: Uint8Array): string {
  return derived(key, 'key name').subarray(0, 12).toString('base64url');
}

function knownIn(facts: Json): KnownToken | undefined {
  if (!isObject(facts)) return undefined;
  const { v: value } = facts;
  const label = textMember(facts, 'l');
  const scope = textMember(facts, 's');
  if (value === undefined || label === undefined || scope === undefined) return undefined;
  return { value, label, scope };
}

function derived(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'sallyport masking', purpose, 32));
}
