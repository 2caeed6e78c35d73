import { hash } from 'node:crypto';

/** Bytes of a master key, a period key, a data key and the secret of an exchange. */
export const KEY_BYTES = 32;

/** What the data key of an exchange is made of. */
export interface DataKeyParts {
  /** Key of the period in which the exchange was opened. */
  readonly period: Uint8Array;
  /** Of the exchange alone; random. */
  readonly secret: Uint8Array;
  readonly exchange: string;
}

const COUNTER = Buffer.from([0, 0, 0, 1]);

/**
 * The key that seals the originals of one exchange: one-step key derivation by SHA-256 (NIST SP 800-56C rev. 2,
 * section 4). Without any one of its parts it can't be made.
 */
export function dataKey({ period, secret, exchange }: DataKeyParts): Buffer {
  return hash('sha256', Buffer.concat([COUNTER, period, secret, Buffer.from(exchange)]), 'buffer');
}
