import type { Span } from '../detector.ts';
import { valueEnd, valueStart } from './value-in-text.ts';

/** A value that stands in a text behind its name. */
export interface FieldInText extends Span {
  /** As it is written, the blanks inside too. */
  readonly name: string;
}

const COLON = 0x3a;
const EQUALS = 0x3d;
/** Characters of a name that are looked at, at most. */
const MAX_NAME = 96;
/** Words of a name, as in `Social Security Number: …`. */
const MAX_WORDS = 5;
/** What may stand between a name and the sign after it: quotes, and what Markdown writes around words. */
const AROUND = asciiTable(/["'`*_\s\])]/u);
const AROUND_BEYOND = /\s/u;
const IN_NAME = asciiTable(/[A-Za-z0-9_.$-]/);
const IN_NAME_BEYOND = /[\p{L}\p{N}\p{M}]/u;
const [TAB, BLANK, HARD_BLANK] = [0x09, 0x20, 0xa0];

/**
 * Finds `name: value` and `name=value` in plain text, for the names that are asked for.
 *
 * @param isAsked told each name that stands before a sign, the longest first: `number`, then `security number`, …
 */
export function fieldsInText(text: string, isAsked: (name: string) => boolean): FieldInText[] {
  const found: FieldInText[] = [];
  let done = 0;
  for (let i = nextSign(text, 0); i !== -1; i = nextSign(text, i + 1)) {
    if (i < done) continue;
    const name = nameBefore(text, i, done, isAsked);
    if (name === undefined) continue;
    const start = valueStart(text, i);
    const end = valueEnd(text, start, i);
    if (end <= start) continue;
    found.push({ start, end, name });
    done = end;
  }
  return found;
}

function nextSign(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON || code === EQUALS) return i;
  }
  return -1;
}

/** The longest name that is asked for and ends before a sign. */
function nameBefore(
  text: string,
  sign: number,
  floor: number,
  isAsked: (name: string) => boolean,
): string | undefined {
  const lowest = Math.max(floor, sign - MAX_NAME);
  let end = sign;
  while (end > lowest && isOf(AROUND, AROUND_BEYOND, text, end - 1)) end--;
  let best: string | undefined;
  let start = end;
  for (let words = 0; words < MAX_WORDS && start > lowest; words++) {
    const before = start;
    while (start > lowest && isOf(IN_NAME, IN_NAME_BEYOND, text, start - 1)) start--;
    if (start === before) break;
    const name = text.slice(start, end);
    const last = name.slice(name.lastIndexOf('.') + 1);
    if (isAsked(name)) best = name;
    else if (last !== name && isAsked(last)) best = last;
    if (start === lowest || !isBlank(text.charCodeAt(start - 1))) break;
    start--;
  }
  return best;
}

/** What a regular expression says of each ASCII character: to look it up takes a tenth of the time. */
function asciiTable(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) =>
    pattern.test(String.fromCharCode(code)) ? 1 : 0,
  );
}

function isOf(table: Uint8Array, beyond: RegExp, text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? table[code] === 1 : beyond.test(text.charAt(at));
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB || code === HARD_BLANK;
}
