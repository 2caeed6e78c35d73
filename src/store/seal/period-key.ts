import { openBytes, sealBytes } from './aead.ts';
import { KEY_BYTES } from './data-key.ts';
import { type MasterKeys, masterKeyName } from './master-keys.ts';

/** The key of a period as it is kept. */
export interface WrappedKey {
  readonly id: number;
  /** Name of the master key that wraps it. */
  readonly master: string;
  readonly wrapped: Uint8Array;
}

/** The first byte of a wrapped key. */
const VERSION = 1;

/** Wraps the key of a period with the first master key. It opens for that period only. */
export function wrapPeriodKey([first]: MasterKeys, id: number, key: Uint8Array): WrappedKey {
  return {
    id,
    master: masterKeyName(first),
    wrapped: sealBytes(first, aboutPeriod(id), key, VERSION),
  };
}

/** The key of a period; undefined where no key at hand opens it. */
export function periodKey(
  keys: MasterKeys,
  { id, master, wrapped }: WrappedKey,
): Buffer | undefined {
  const named = keys.find((key) => masterKeyName(key) === master);
  const key = named && openBytes(named, aboutPeriod(id), wrapped);
  return key?.length === KEY_BYTES ? key : undefined;
}

function aboutPeriod(id: number): Buffer {
  return Buffer.from(`sallyport period\0${id}`);
}
