import { foldedLetter, isUnparted, MARK } from './folded-letter.ts';

const NOT_ASCII = /[^\0-\x7f]/;

/** A word of a text. */
export interface Word {
  readonly start: number;
  readonly end: number;
  /** Its letters without case and accents. */
  readonly folded: string;
}

/**
 * Where the word ends that begins with the letter at `start`, no further than `limit`. Words end
 * where letters end, where camel case begins the next (`tax|Id`, `SS|Number`, but `SSNs`), and
 * where a script begins that writes no blanks.
 */
export function wordEnd(text: string, start: number, limit: number): number {
  let i = start + 1;
  for (; i < limit; i++) {
    if (foldedLetter(text.charCodeAt(i)) === 0 || endsWord(text, i, limit)) return i;
  }
  return i;
}

/**
 * The first word from a place on that begins before `limit`. Of scripts without blanks every letter
 * is one.
 */
export function wordAt(text: string, from: number, limit: number): Word | undefined {
  let start = from;
  while (start < limit && foldedLetter(text.charCodeAt(start)) === 0) start++;
  if (start >= limit) return undefined;
  const unparted = isUnparted(text.charCodeAt(start));
  const end = unparted ? start + 1 : wordEnd(text, start, limit);
  const written = text.slice(start, end);
  const folded = NOT_ASCII.test(written) ? foldedWord(written) : written.toLowerCase();
  return { start, end, folded };
}

function foldedWord(written: string): string {
  let folded = '';
  for (let i = 0; i < written.length; i++) {
    const letter = foldedLetter(written.charCodeAt(i));
    if (letter !== MARK) folded += String.fromCharCode(letter);
  }
  return folded;
}

/** True where another word begins with the letter at a place that a letter stands in front of. */
export function endsWord(text: string, i: number, limit: number): boolean {
  const code = text.charCodeAt(i);
  if (isUnparted(code)) return true;
  if (!isCapital(code)) return false;
  if (isSmall(text.charCodeAt(i - 1))) return true;
  if (i + 1 >= limit || !isSmall(text.charCodeAt(i + 1))) return false;
  // The last capital of a row of them begins the next word, but an "s" alone makes a plural.
  const plural = text.charCodeAt(i + 1) === 115 && !isSmall(text.charCodeAt(i + 2));
  return !plural;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isSmall(code: number): boolean {
  return code >= 97 && code <= 122;
}
