import type { Detector, Span } from '../detector.ts';
import { digitWords } from './digit-words.ts';
import { ibanLengths } from './iban-lengths.ts';
import { inVisible } from './visible-text.ts';

const GROUP = 4;
const MIN_LENGTH = 15;

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
  const words = digitWords(text);
  const spans: Span[] = [];
  for (const length of [GROUP, ...new Set(ibanLengths.values())]) {
    for (let word = words.first(length); word >= 0; word = words.next(word)) {
      const start = words.start(word);
      const end = ibanEnd(text, start, length);
      if (end > start) spans.push({ start, end });
    }
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** The end of the IBAN that begins with this word, or `start` where none does. */
function ibanEnd(text: string, start: number, wordLength: number): number {
  if (!isDigit(text, start + 2) || !isDigit(text, start + 3) || isDigit(text, start)) return start;
  const size = ibanLengths.get(text.slice(start, start + 2).toUpperCase());
  if (size === undefined || (wordLength !== GROUP && wordLength !== size)) return start;
  let compact = '';
  let i = start;
  while (compact.length < size) {
    if (isWord(text, i)) compact += text.charAt(i);
    else if (!isGap(text, i) || !isWord(text, i + 1)) return start;
    i++;
  }
  return !isWord(text, i) && hasCheck(compact) ? i : start;
}

/** ISO/IEC 7064 MOD 97-10: the first four characters count as the last, a letter as two digits. */
function hasCheck(compact: string): boolean {
  let rest = 0;
  for (let i = 0; i < compact.length; i++) {
    const value = Number.parseInt(compact.charAt((i + GROUP) % compact.length), 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function isGap(text: string, index: number): boolean {
  const character = text.charAt(index);
  return character === ' ' || character === '-';
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

function isWord(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return isDigit(text, index) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
