import { WIDE } from './compatible.ts';

const WIDE_HERE = new RegExp(WIDE, 'uy');
const MARKS_FROM = 0x300;
const MARKS_TO = 0x36f;
const MAX_MARKS = 4;
const LATIN_FROM = 0xc0;
const LATIN_TO = 0x24f;

// What a UTF-16 code unit may be, found out when it is first met: a regular expression takes twenty times as long.
const [UNKNOWN, PLAIN, ODD] = [0, 1, 2];
const known = new Uint8Array(0x10000);

/**
 * True where a character may read as something else to a person than to a detector.
 *
 * @param at the index of a character that is not ASCII; of a mark, the letter before it counts
 */
export function isWideAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  let kind = known[code];
  if (kind === UNKNOWN) {
    kind = kindOf(code);
    known[code] = kind;
  }
  if (kind === PLAIN) return false;
  if (isMark(code)) return at > 0 && isLetter(text.charCodeAt(at - 1));
  return !isHighSurrogate(code) || matches(text, at);
}

/** Where the marks end that stand behind a letter. */
export function marksEnd(text: string, from: number): number {
  let end = from;
  while (end < from + MAX_MARKS && isMark(text.charCodeAt(end))) end++;
  return end;
}

export function isMark(code: number): boolean {
  return code >= MARKS_FROM && code <= MARKS_TO;
}

function kindOf(code: number): number {
  if (isMark(code) || isHighSurrogate(code)) return mayBeOdd(code) ? ODD : PLAIN;
  return matches(String.fromCharCode(code), 0) ? ODD : PLAIN;
}

/** Of most planes and blocks nothing is odd, such as of emoji. */
function mayBeOdd(code: number): boolean {
  if (isMark(code)) return true;
  for (let low = 0xdc00; low <= 0xdfff; low++) {
    if (matches(String.fromCharCode(code, low), 0)) return true;
  }
  return false;
}

function matches(text: string, at: number): boolean {
  WIDE_HERE.lastIndex = at;
  return WIDE_HERE.test(text);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** A letter that marks are written behind (NFD). */
function isLetter(code: number): boolean {
  const small = code | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (code >= LATIN_FROM && code <= LATIN_TO);
}
