import { isDigit } from './ascii.ts';
import { foldedLetter, isUnparted } from './folded-letter.ts';

/** So many digits in a row are another value. */
const NUMBER = 4;
const LONGEST_JOINING = 4;
const JOINING = new Set(['and', 'or', 'und', 'oder', 'et', 'ou', 'y', 'o', 'e', 'en', 'og', 'och']);
const ENDS_MEMBER = codes(',;&|}]\t');
const ENDS_AFTER = codes('\n\r\t",;{}[]|&<\'');
const LINE = 10;
const COLON = 58;
const EQUALS = 61;

/**
 * Where the words that may speak of the stretch behind `start` begin: so many characters back, but
 * not over another number that words part from it, not over the end of a line that words follow,
 * and not out of a `name: value` into the one before.
 */
export function windowBefore(text: string, start: number, most: number): number {
  const floor = Math.max(0, start - most);
  let letters = false;
  let label = false;
  let lines = 0;
  let digits = 0;
  let number = false;
  for (let i = start - 1; i >= floor; i--) {
    const code = text.charCodeAt(i);
    digits = isDigit(code) ? digits + 1 : 0;
    if (digits === NUMBER) number = true;
    if (digits >= NUMBER && letters) return i + NUMBER;
    if (code === LINE && (letters || number || ++lines > 1)) return i + 1;
    if (code === COLON || code === EQUALS) label = true;
    if (label && letters && ENDS_MEMBER.has(code)) return i + 1;
    // Only the first word that counts makes a difference.
    if (letters || foldedLetter(code) === 0) continue;
    if (isUnparted(code)) {
      letters = true;
      continue;
    }
    const from = letterStart(text, i, floor);
    if (i - from >= LONGEST_JOINING || !JOINING.has(text.slice(from, i + 1).toLowerCase())) {
      letters = true;
    }
    i = from;
  }
  return floor;
}

/**
 * Where the words that may speak of a stretch end: `123 (SSN)`, `123 is her SSN`; not the name of
 * the next value.
 */
export function windowAfter(text: string, end: number, most: number): number {
  const ceiling = Math.min(text.length, end + most);
  for (let i = end; i < ceiling; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON || code === EQUALS) return end;
    if (ENDS_AFTER.has(code) || isDigit(code)) return i;
  }
  return ceiling;
}

function letterStart(text: string, last: number, floor: number): number {
  let from = last;
  while (from > floor && foldedLetter(text.charCodeAt(from - 1)) !== 0) from--;
  return from;
}

function codes(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}
