import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../model/json.ts';

const NONCE = 12;
const TAG = 16;

/**
 * Seals small facts into text that only this key can make or read (AES-256-GCM), so that the gate can hand them out
 * and need not remember them.
 */
export class Seal {
  readonly #key: KeyObject;
  readonly #nonceKey: KeyObject;
  readonly #purpose: Buffer;

  /** @param purpose parts seals of different use: one doesn't open what another made. */
  constructor(secret: Uint8Array, purpose: string) {
    this.#key = derived(secret, purpose);
    this.#nonceKey = derived(secret, `${purpose} nonce`);
    this.#purpose = Buffer.from(purpose);
  }

  seal(facts: JsonObject): string {
    return this.#seal(JSON.stringify(facts), randomBytes(NONCE));
  }

  /**
   * The same facts, in the same order, give the same text, so that it can be compared. The nonce is made of the facts
   * (as in RFC 8452 and RFC 5297): no two texts share one, but it shows that two texts say the same.
   */
  sealAlike(facts: JsonObject): string {
    const text = JSON.stringify(facts);
    const nonce = createHmac('sha256', this.#nonceKey).update(text).digest().subarray(0, NONCE);
    return this.#seal(text, nonce);
  }

  #seal(text: string, nonce: Buffer): string {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(this.#purpose);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
  }

  /** The facts, or undefined where the text was not made by this key, or was changed. */
  open(text: string): JsonObject | undefined {
    const bytes = Buffer.from(text, 'base64url');
    // Base64 can be spelt in several ways; a second spelling would pass for something else.
    if (bytes.length <= NONCE + TAG || bytes.toString('base64url') !== text) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE), {
        authTagLength: TAG,
      });
      decipher.setAAD(this.#purpose).setAuthTag(bytes.subarray(-TAG));
      const body = decipher.update(bytes.subarray(NONCE, -TAG));
      const facts = JSON.parse(Buffer.concat([body, decipher.final()]).toString('utf8')) as Json;
      return isObject(facts) ? facts : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Node looks at a key that is given as bytes for longer than it takes to seal something. */
function derived(secret: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'sallyport', purpose, 32)));
}
