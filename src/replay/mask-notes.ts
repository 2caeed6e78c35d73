import { isList, isObject, type Json } from '../model/json.ts';
import type { TranscriptEvent } from '../model/transcript.ts';

/** What a transcript says of one mask. */
export interface MaskNote {
  readonly rule?: string;
  /** The detector, the path, or the glob of a field's name. */
  readonly what: string;
  /** The masker; older transcripts don't say it. */
  readonly with?: string;
  readonly count?: number;
  /** Some of the places where it did something. */
  readonly places: readonly string[];
}

/** The masks that a `masked` step tells of. Older transcripts have a step for each; newer ones one for all of them. */
export function maskNotes({ kind, detail = {} }: TranscriptEvent): MaskNote[] {
  if (kind !== 'masked') return [];
  const { masks } = detail;
  if (isList(masks)) return masks.flatMap((one) => noteOf(one) ?? []);
  // The places of an old step are those of all masks of the message.
  const { places: _, ...own } = detail;
  return [noteOf(own as Json)].flatMap((one) => one ?? []);
}

function noteOf(value: Json): MaskNote | undefined {
  if (!isObject(value) || typeof value.what !== 'string') return undefined;
  const { what, rule, with: masker, count, places } = value;
  return {
    what,
    ...(typeof rule === 'string' ? { rule } : {}),
    ...(typeof masker === 'string' ? { with: masker } : {}),
    ...(typeof count === 'number' ? { count } : {}),
    places: isList(places) ? places.filter((place) => typeof place === 'string') : [],
  };
}

/** Tokens that a step names: those that were put back for the upstream, and those that stayed. */
export function notedTokens({ kind, detail }: TranscriptEvent): string[] {
  const tokens = kind === 'masked' ? detail?.tokens : undefined;
  if (!isObject(tokens)) return [];
  const listed = Object.values(tokens).flatMap((list) => (isList(list) ? list : []));
  return listed.filter((token) => typeof token === 'string');
}
