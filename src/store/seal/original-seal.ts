import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { openBytes, sealBytes } from './aead.ts';

/** The step that an original belongs to. */
export interface SealedAt {
  readonly exchange: string;
  readonly seq: number;
}

/** The first byte of a sealed original: its text is as it is, or compressed by zstd (RFC 8878). */
const PLAIN = 1;
const COMPRESSED = 2;
/**
 * Characters from which on a text is compressed, which takes as long as to seal it and saves most of its room; and
 * those beyond which it isn't, for it would hold the gate up for milliseconds.
 */
const LONG = 4_096;
const HUGE = 262_144;
const QUICK = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** Bytes that a text may have; more than any message that the gate takes. */
const MOST = 1_073_741_824;

/** Seals the original of a step. It opens for that step only. */
export function sealOriginal(key: Uint8Array, at: SealedAt, text: string): Buffer {
  const about = aboutStep(at);
  if (text.length < LONG || text.length > HUGE) return sealBytes(key, about, text, PLAIN);
  return sealBytes(key, about, zstdCompressSync(text, QUICK), COMPRESSED);
}

/** Undefined where the key is another, or what was sealed has been changed or belongs to another step. */
export function openOriginal(
  key: Uint8Array,
  at: SealedAt,
  sealed: Uint8Array,
): string | undefined {
  const bytes = openBytes(key, aboutStep(at), sealed);
  if (!bytes) return undefined;
  const isCompressed = sealed[0] === COMPRESSED;
  return (isCompressed ? zstdDecompressSync(bytes, { maxOutputLength: MOST }) : bytes).toString();
}

function aboutStep({ exchange, seq }: SealedAt): Buffer {
  return Buffer.from(`sallyport original\0${exchange}\0${seq}`);
}
