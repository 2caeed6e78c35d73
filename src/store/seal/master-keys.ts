import { hash } from 'node:crypto';

/** Keys that wrap others, 32 bytes each. The first one wraps, all of them open. Plain data, for threads too. */
export type MasterKeys = readonly [Uint8Array, ...Uint8Array[]];

/** What a master key is called where it is not: the beginning of its digest. */
export function masterKeyName(key: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from('sallyport master key\0'), key]), 'hex').slice(
    0,
    16,
  );
}
