import { randomBytes } from 'node:crypto';
import type { KeyKind } from './key-source-kind.ts';
import { MASK_KEY_BYTES, maskKeyOf } from './schema/masking-schema.ts';

/** A key of 32 random bytes, such as one of masking or of originals. */
export function secretKey(about: Pick<KeyKind<Buffer>, 'name' | 'code' | 'hint'>): KeyKind<Buffer> {
  const form = `${MASK_KEY_BYTES} bytes in base64 or hexadecimal digits`;
  return { ...about, form, parse: maskKeyOf };
}

/** The text of a new one, as a file holds it. */
export function newSecretText(): string {
  return `${randomBytes(MASK_KEY_BYTES).toString('base64')}\n`;
}
