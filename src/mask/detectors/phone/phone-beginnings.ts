import { isDigit } from '../context/ascii.ts';
import { type DigitWords, digitWords } from '../context/digit-words.ts';

/** So many characters of numbers stand at least behind the first digit. */
const MORE = 5;
const OPENING = 40;
const OF_NUMBERS = new Uint8Array(128);
for (const sign of '0123456789 ()./-') OF_NUMBERS[sign.charCodeAt(0)] = 1;

/** The places in a text where digits of a national number may begin, with a parenthesis in front. */
export interface PhoneBeginnings {
  /** The first at or behind a place, which is not before the one asked about last; or -1. */
  next(from: number): number;
}

// For the one text that is looked at.
let text = '';
let words: DigitWords;
let word = 0;

const beginnings: PhoneBeginnings = {
  next(from) {
    const { count, starts, lengths } = words;
    let floor = from;
    for (; word < count; word++) {
      const start = starts[word] as number;
      const end = start + (lengths[word] as number);
      if (end <= floor) continue;
      for (let i = Math.max(start, floor); i < end; i++) {
        if (!isDigit(text.charCodeAt(i))) continue;
        let past = i + 1;
        while (past <= i + MORE && isOfNumbers(text.charCodeAt(past))) past++;
        if (past > i + MORE) return i > from && text.charCodeAt(i - 1) === OPENING ? i - 1 : i;
        // No digit up to there has enough behind it.
        floor = past;
        i = past;
      }
    }
    return -1;
  },
};

/** Goes through the places of one text at a time. */
export function phoneBeginnings(of: string): PhoneBeginnings {
  text = of;
  words = digitWords(of);
  word = 0;
  return beginnings;
}

function isOfNumbers(code: number): boolean {
  return code < 128 && OF_NUMBERS[code] === 1;
}
