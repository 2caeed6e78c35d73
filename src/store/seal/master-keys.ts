import { hash } from 'node:crypto';

/** Keys that wrap others, 32 bytes each. The first one wraps, all of them open. Plain data, for threads too. */
export type MasterKeys = readonly [Uint8Array, ...Uint8Array[]];

const LABEL = Buffer.from('sallyport master key\0');
/** Hexadecimal digits of a name: 64 bits tell the keys of an operator apart. */
const DIGITS = 16;

/** What a master key is called where it is not: the beginning of its digest. */
export function masterKeyName(key: Uint8Array): string {
  return hash('sha256', Buffer.concat([LABEL, key]), 'hex').slice(0, DIGITS);
}
