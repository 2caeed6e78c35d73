import { isList, isObject, type Json, parseJson } from '../../model/json.ts';

const MAX_DEPTH = 64;
/** Indentation may make a text this many times as long as it was; past that it is written without. */
const MAX_GROWTH = 4;
const JSON_START = /^\s*[[{]/;

/** True where a text begins as the JSON of a list or an object does. */
export function beginsAsJson(text: string): boolean {
  const first = text.charCodeAt(0);
  // Most texts begin with a letter or a digit, which needs no regular expression to be seen.
  return (
    !(first >= 0x30 && first <= 0x5a) && !(first >= 0x61 && first <= 0x7a) && JSON_START.test(text)
  );
}

/** The list or object that a text is the JSON of, or undefined where it is anything else. */
export function parseJsonText(text: string): Json | undefined {
  return openJson(text)?.value;
}

/** JSON that was read from a text. */
export interface OpenedJson {
  readonly value: Json;
  /** How many members it is written with. Of two with one name the first is not in the value. */
  readonly written: number;
}

/** The same, with what only the text tells. */
export function openJson(text: string): OpenedJson | undefined {
  const look = beginsAsJson(text) ? lookAtJson(text) : undefined;
  if (!look) return undefined;
  try {
    // JavaScript's blanks are more than JSON's; a byte order mark is among them.
    const json = text.trim();
    const value = look.hasOddNumber ? parseJson(json) : (JSON.parse(json) as Json);
    return isObject(value) || isList(value) ? { value, written: look.colons } : undefined;
  } catch {
    return undefined;
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** What the characters mean that mean anything outside of strings. */
const [NOTHING, STRING, DIGIT, POINT, EXPONENT, MEMBER, OPEN, CLOSE] = [0, 1, 2, 3, 4, 5, 6, 7];
const meanings = new Uint8Array(128);
for (const [meaning, characters] of [
  ...([
    [STRING, '"'],
    [DIGIT, '0123456789'],
    [POINT, '.'],
    [EXPONENT, 'eE'],
  ] as const),
  ...([
    [MEMBER, ':'],
    [OPEN, '[{'],
    [CLOSE, ']}'],
  ] as const),
]) {
  for (const one of characters) meanings[one.charCodeAt(0)] = meaning;
}
/** A number of fewer digits, and without an exponent, is what it says in any program. */
const MANY_DIGITS = 16;

/** One pass over JSON text, outside of its strings; undefined where it nests too deep to be opened. */
function lookAtJson(text: string) {
  let depth = 0;
  let colons = 0;
  let digits = 0;
  let hasOddNumber = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const meaning = code < 128 ? meanings[code] : NOTHING;
    if (meaning === DIGIT) {
      if (++digits === MANY_DIGITS) hasOddNumber = true;
      continue;
    }
    if (meaning === POINT) continue;
    if (meaning === EXPONENT && digits > 0) hasOddNumber = true;
    digits = 0;
    if (meaning === NOTHING) continue;
    if (meaning === STRING) i = stringEnd(text, i);
    else if (meaning === MEMBER) colons++;
    else if (meaning === OPEN) {
      if (++depth > MAX_DEPTH) return undefined;
    } else if (meaning === CLOSE) depth--;
  }
  return { colons, hasOddNumber };
}

function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i;
    if (code === BACKSLASH) i++;
  }
  return text.length;
}

/** Writes a changed value back in the manner of the text that it came from: same indentation, same end. */
export function writeJsonText(value: Json, original: string): string {
  const indent = /^\s*[[{]\r?\n([ \t]{1,10})/.exec(original)?.[1];
  // No `/\s*$/` here: a regular expression tries it at every blank, which takes quadratic time.
  const end = original.slice(original.trimEnd().length);
  const indents = indent && indentation(value, indent.length, 1) < MAX_GROWTH * original.length;
  return JSON.stringify(value, null, indents ? indent : undefined) + end;
}

/** How many characters indenting adds, the last line of each list and object left out. */
function indentation(value: Json, width: number, depth: number): number {
  if (!isList(value) && !isObject(value)) return 0;
  let sum = 0;
  for (const child of Object.values<Json>(value)) {
    sum += depth * width + indentation(child, width, depth + 1);
  }
  return sum;
}

/** True where JSON text has members that its parsed value has not: of two with one name the first is dropped. */
export function hidesMembers({ value, written }: OpenedJson): boolean {
  return written > members(value);
}

function members(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  if (isList(value)) {
    for (let i = 0; i < value.length; i++) sum += members(value[i] as Json);
    return sum;
  }
  if (!isObject(value)) return 0;
  const names = Object.keys(value);
  for (let i = 0; i < names.length; i++) sum += members(value[names[i] as string] as Json);
  return sum + names.length;
}
