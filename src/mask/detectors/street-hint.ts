import { LETTER, letterKind } from './letter-kind.ts';
import { lowerCode } from './lower-code.ts';
import { STREETS_BEFORE, STREETS_BETWEEN, streetEndings } from './street-words.ts';
import { Trigrams } from './trigrams.ts';

const FIVE_BITS = 0x1f;
const THREE_LETTERS = 0x7fff;

// A word that is shorter than three letters has nothing in front: a blank's five bits are 0.
const WORDS = Trigrams.endingsOf(
  [...STREETS_BEFORE, ...STREETS_BETWEEN, 'c/'].map((word) => `  ${lastLetters(word)}`),
);
const GROWN = Trigrams.endingsOf(streetEndings);

function lastLetters(word: string): string {
  return /\p{L}+(?=\P{L}*$)/u.exec(word)?.[0] ?? word;
}

/** True where a word between two places may be one for streets, by its last three letters: few of most texts are. */
export function mayBeStreet(text: string, from: number, to: number): boolean {
  let key = 0;
  for (let i = from; i <= to; i++) {
    const code = i < to ? text.charCodeAt(i) : 0;
    if (i < to && (letterKind(code) & LETTER) !== 0) {
      key = ((key << 5) | (lowerCode(code) & FIVE_BITS)) & THREE_LETTERS;
    } else if (key !== 0) {
      if (WORDS.has(key) || GROWN.has(key)) return true;
      key = 0;
    }
  }
  return false;
}
