import type { Detector, Span } from '../../detector.ts';
import { isDigit, isLetter, isWord } from '../context/ascii.ts';
import { DIGITS, digitWords } from '../context/digit-words.ts';
import { inVisible } from '../context/visible-text.ts';
import { ibanLengths } from './iban-lengths.ts';

const GROUP = 4;
const MIN_LENGTH = 15;
const [BLANK, HYPHEN] = [32, 45];

/** The length of a country's IBANs by its two letters, 0 where there is none. */
const SIZES = new Uint8Array(26 * 26);
for (const [country, size] of ibanLengths) SIZES[placeOf(country, 0)] = size;

/**
 * International bank account numbers (ISO 13616): a country with its length, check digits modulo
 * 97. Together or in groups that begin with four characters, parted by single blanks or hyphens, in
 * capitals or small letters.
 */
export const iban: Detector = {
  name: 'iban',
  needs: { length: MIN_LENGTH, digits: 2 },
  find: inVisible(findIbans),
};

function findIbans(text: string): Span[] {
  const { count, starts, lengths, kinds } = digitWords(text);
  const spans: Span[] = [];
  for (let word = 0; word < count; word++) {
    const length = lengths[word] as number;
    if ((length !== GROUP && length < MIN_LENGTH) || kinds[word] === DIGITS) continue;
    const start = starts[word] as number;
    const end = ibanEnd(text, start, length);
    if (end > start) spans.push({ start, end });
  }
  return spans;
}

/** The end of the IBAN that begins with this word, or `start` where none does. */
function ibanEnd(text: string, start: number, wordLength: number): number {
  if (!isDigit(text.charCodeAt(start + 2)) || !isDigit(text.charCodeAt(start + 3))) return start;
  if (!isLetter(text.charCodeAt(start)) || !isLetter(text.charCodeAt(start + 1))) return start;
  const size = SIZES[placeOf(text, start)] as number;
  if (size === 0 || (wordLength !== GROUP && wordLength !== size)) return start;
  // ISO/IEC 7064 MOD 97-10: the first four characters count as the last, a letter as two digits.
  let rest = 0;
  let i = start + GROUP;
  for (let count = GROUP; count < size; i++) {
    const value = worthOf(text.charCodeAt(i));
    if (value >= 0) {
      rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
      count++;
    } else if (!isGap(text.charCodeAt(i)) || !isWord(text.charCodeAt(i + 1))) return start;
  }
  if (isWord(text.charCodeAt(i))) return start;
  for (let first = start; first < start + GROUP; first++) {
    const value = worthOf(text.charCodeAt(first));
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1 ? i : start;
}

/** The place in the table of a country's two letters. */
function placeOf(text: string, start: number): number {
  const first = (text.charCodeAt(start) | 32) - 97;
  return first * 26 + (text.charCodeAt(start + 1) | 32) - 97;
}

/** What a digit or letter counts, 10 to 35 for letters; -1 for other characters. */
function worthOf(code: number): number {
  if (isDigit(code)) return code - 48;
  return isLetter(code) ? (code | 32) - 87 : -1;
}

function isGap(code: number): boolean {
  return code === BLANK || code === HYPHEN;
}
