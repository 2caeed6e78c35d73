import { parsePath } from '../mask/place/path.ts';
import { findTokens } from '../mask/token/token-text.ts';
import type { PathSegment } from '../model/decision.ts';
import { isList, isObject, type Json } from '../model/json.ts';
import type { TranscriptEvent } from '../model/transcript.ts';
import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';
import { maskNotes } from './mask-notes.ts';

/** A placeholder, or stars in place of at least half of the characters (mask/maskers). */
const MASKED = /\[redacted[\]:]|\*\*|^\*$|^.\*$|^\*.$/su;
/** A keyed digest. */
const DIGEST = /^[\da-f]{8,64}$/;
/** Maskers whose work shows no shape of its own: another value, or none at all. */
const SHAPELESS = ['replace', 'remove', 'null', 'round', 'generalize'];

/**
 * True of text that a mask may have changed, by its shape. Text that came like this looks the same; it then counts as
 * masked as well, for what stood there can't be told.
 */
export function looksMasked(text: string): boolean {
  return MASKED.test(text) || DIGEST.test(text) || findTokens(text).length > 0;
}

/** True where a step tells of a mask whose work can't be told by its shape. */
export function leavesNoShape(event: TranscriptEvent): boolean {
  return maskNotes(event).some(({ with: masker }) => {
    return masker !== undefined && SHAPELESS.includes(masker);
  });
}

/** Where masks may have changed a value; of a member's name it is the object that has it. */
export function maskedPlaces(value: Json, root: HiddenPlace): HiddenPlace[] {
  if (typeof value === 'string') return looksMasked(value) ? [root] : [];
  if (isList(value)) return value.flatMap((item, index) => maskedPlaces(item, [...root, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    looksMasked(name) ? [root] : maskedPlaces(item, [...root, name]),
  );
}

/** Places that a transcript names as masked, from the message on. */
export interface NamedPlaces {
  readonly places: readonly HiddenPlace[];
  /** False where there were more than it names. */
  readonly all: boolean;
}

/**
 * The places in a message that masks have changed, as the transcript says.
 *
 * @param event has the message
 * @param notes steps of the same side
 * @returns undefined where it doesn't say: it was written before transcripts did
 */
export function namedPlaces(
  { detail }: TranscriptEvent,
  notes: readonly TranscriptEvent[],
): NamedPlaces | undefined {
  const own = detail?.masked;
  // What was stopped was masked for its reader, whatever was done to it before.
  if (isList(own)) return namedIn([{ texts: own, more: detail?.more }]);
  const said = notes.flatMap(({ kind, detail: { places, more } = {} }) =>
    kind === 'masked' && isList(places) ? [{ texts: places, more }] : [],
  );
  return said.length === 0 ? undefined : namedIn(said);
}

function namedIn(
  said: readonly { readonly texts: readonly Json[]; readonly more: Json | undefined }[],
): NamedPlaces {
  const paths = said.flatMap(({ texts }) => texts.map((text) => parsePath(String(text))));
  const read = paths.filter((path): path is readonly PathSegment[] => typeof path !== 'string');
  const all = read.length === paths.length && said.every(({ more }) => more === undefined);
  return { places: read as readonly HiddenPlace[], all };
}

/** The places below `at` of a message, as places below `root` of a subject. */
export function movedPlaces(
  places: readonly HiddenPlace[],
  at: HiddenPlace,
  root: HiddenPlace,
): HiddenPlace[] {
  return places.flatMap((place) => {
    const common = Math.min(at.length, place.length);
    const leads = at.slice(0, common).every((step, index) => step === place[index]);
    return leads ? [[...root, ...place.slice(common)]] : [];
  });
}
