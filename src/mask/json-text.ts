import { deeperThan, isList, isObject, type Json, parseJson } from '../model/json.ts';

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
  if (!beginsAsJson(text) || deeperThan(text, MAX_DEPTH)) return undefined;
  try {
    // JavaScript's blanks are more than JSON's; a byte order mark is among them.
    const value = parseJson(text.trim());
    return isObject(value) || isList(value) ? value : undefined;
  } catch {
    return undefined;
  }
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
export function hidesMembers(text: string, value: Json): boolean {
  return colons(text) > members(value);
}

function colons(json: string): number {
  let count = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === 0x22) quoted = !quoted;
    else if (quoted && code === 0x5c) i++;
    else if (!quoted && code === 0x3a) count++;
  }
  return count;
}

function members(value: Json): number {
  if (!isList(value) && !isObject(value)) return 0;
  const children = Object.values<Json>(value);
  return children.reduce<number>(
    (sum, child) => sum + members(child),
    isObject(value) ? children.length : 0,
  );
}
