import { foldName } from './fold-name.ts';
import { BRANDS } from './name-words.ts';
import type { PersonField } from './person-field-names.ts';
import { FIRST, FIRST_WORD, flagsOfWritten, LAST, LAST_WORD, THING } from './word-flags.ts';

const NAMELIKE = /^[\p{L}\p{M}][\p{L}\p{M}.'’ ,・-]{0,79}$/u;
const PLACEHOLDER =
  /^(?:null|none|nil|n\/?a|na|unknown|undefined|true|false|string|text|name|anonymous|anon|guest|system|admin|root|test|user|yes|no|unassigned|nobody|self|other|tbd|required|optional)$/i;
const SEPARATOR = /[ ,]+/;
const MAX_WORDS = 6;
const CAPITAL = /^\p{Lu}|^[^\p{Lu}\p{Ll}]/u;

/** True where what a field of such a kind holds is a person's name by its look. */
export function isPersonValue(value: string, kind: PersonField): boolean {
  if (!NAMELIKE.test(value) || PLACEHOLDER.test(value)) return false;
  const words = value.split(SEPARATOR).filter((word) => word !== '');
  if (words.length > MAX_WORDS) return false;
  const flags = words.map((word) => flagsOfWritten(word.endsWith('.') ? word.slice(0, -1) : word));
  // `Max Ahmed`: what may be a first name too makes no thing.
  const things = flags.some((flag) => (flag & (THING | FIRST)) === THING);
  if (kind === 'part') return !(things && words.length > 2);
  if (things || isBrand(words)) return false;
  const sure = flags.some(isSure);
  if (kind === 'any' || words.length === 1) {
    return sure && (kind === 'role' || words.length > 1) && CAPITAL.test(value);
  }
  return (
    words.length < MAX_WORDS && (sure || words.filter((word) => CAPITAL.test(word)).length > 1)
  );
}

function isBrand(words: readonly string[]): boolean {
  const names = words.map(foldName);
  return names.some(
    (name, index) => BRANDS.has(name) || BRANDS.has(`${name}-${names[index + 1] ?? ''}`),
  );
}

/** A name and no word. */
function isSure(flags: number): boolean {
  if ((flags & FIRST) !== 0 && (flags & FIRST_WORD) === 0) return true;
  return (flags & LAST) !== 0 && (flags & LAST_WORD) === 0;
}
