import { createHash } from 'node:crypto';

/** Characters of a payload that are kept of what never left, or could not be written at once. */
const MAX_KEPT = 65_536;

export interface Bounded {
  readonly payload: string;
  /** Of what was cut: how long it was, and its digest. */
  readonly detail?: { readonly characters: number; readonly sha256: string };
}

/** A payload that fits, or its beginning and a note of the whole: nobody without rights shall fill the disk. */
export function bounded(text: string): Bounded {
  if (text.length <= MAX_KEPT) return { payload: text };
  const sha256 = createHash('sha256').update(text).digest('hex');
  // A slice alone would keep the whole text in memory.
  const payload = Buffer.from(text.slice(0, MAX_KEPT)).toString();
  return { payload, detail: { characters: text.length, sha256 } };
}

/**
 * The same of an original. It has no digest: whoever can guess what was masked could tell by it.
 *
 * @returns with `detail` where it was cut
 */
export function boundedOriginal(text: string): {
  readonly original: string;
  readonly detail?: { readonly original: { readonly characters: number } };
} {
  const { payload: original, detail } = bounded(text);
  return detail
    ? { original, detail: { original: { characters: detail.characters } } }
    : { original };
}
