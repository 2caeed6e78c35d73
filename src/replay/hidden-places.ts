import { isList, isObject, type Json } from '../model/json.ts';
import type { HiddenPlace } from '../policy/explain-hidden.ts';

/**
 * What masks leave: a placeholder, or stars in place of at least half of the characters (mask/maskers). Text that came
 * like this looks the same; it then counts as masked as well, for what stood there can't be told.
 */
const MASKED = /\[redacted[\]:]|\*\*|^\*$|^.\*$|^\*.$/su;

/** True of text that a mask may have changed. */
export function looksMasked(text: string): boolean {
  return MASKED.test(text);
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
