import { LETTER, letterKind } from '../context/letter-kind.ts';
import { lowerCode } from '../context/lower-code.ts';
import { Trigrams } from '../context/trigrams.ts';
import {
  STREETS_AFTER,
  STREETS_BEFORE,
  STREETS_BETWEEN,
  streetEndings,
  UNIT_WORDS,
} from './street-words.ts';

const FIVE_BITS = 0x1f;
const THREE_LETTERS = 0x7fff;

const GROWN = Trigrams.endingsOf(streetEndings);
const NO_ENDINGS = new Trigrams([]);
const BEFORE_NUMBER = words([...STREETS_BEFORE, ...STREETS_BETWEEN, 'c/']);
const AFTER_NUMBER = words([...STREETS_BEFORE, ...STREETS_AFTER, ...UNIT_WORDS]);

/** A word that is shorter than three letters has nothing in front: a blank's five bits are 0. */
function words(all: readonly string[]): Trigrams {
  return Trigrams.endingsOf(all.map((word) => `  ${lastLetters(word)}`));
}

function lastLetters(word: string): string {
  return /\p{L}+(?=\P{L}*$)/u.exec(word)?.[0] ?? word;
}

/** True where a word in front of a number may be one for streets, by its last three letters: few of most texts are. */
export function mayBeStreet(text: string, from: number, to: number): boolean {
  return anyWord(text, from, to, BEFORE_NUMBER, GROWN);
}

/** The same behind a number, and for words for units (`Apt`). */
export function mayBeStreetAfter(text: string, from: number, to: number): boolean {
  return anyWord(text, from, to, AFTER_NUMBER, NO_ENDINGS);
}

function anyWord(
  text: string,
  from: number,
  to: number,
  wholes: Trigrams,
  endings: Trigrams,
): boolean {
  let key = 0;
  for (let i = from; i <= to; i++) {
    const code = i < to ? text.charCodeAt(i) : 0;
    if (i < to && (letterKind(code) & LETTER) !== 0) {
      key = ((key << 5) | (lowerCode(code) & FIVE_BITS)) & THREE_LETTERS;
    } else if (key !== 0) {
      if (wholes.has(key) || endings.has(key)) return true;
      key = 0;
    }
  }
  return false;
}
