import { foldName } from './fold-name.ts';

/** Letters of a folded word, at most; longer ones are cut, and so are nobody's name. */
const MOST = 160;
const LAST = 0x530;
const CYRILLIC = 0x400;
const CYRILLIC_END = 0x500;
const A = 0x61;
const Z = 0x7a;
const APOSTROPHE = 0x2019;
/** What is given for words of other scripts, or of rarer letters. */
const OTHER_SCRIPT = -1;
const [LETTER_A, LETTER_I, LETTER_Y] = [0x61, 0x69, 0x79];
/** What a letter folds to: its code where it is one, 0 where it is nothing, `MANY` where it is several. */
const ONE = new Uint16Array(LAST);
const MANY = 0xffff;
const FOLDED: string[] = [];
for (let code = 0; code < LAST; code++) {
  const folded = foldName(String.fromCharCode(code));
  FOLDED.push(folded);
  ONE[code] = folded.length > 1 ? MANY : folded === '' ? 0 : folded.charCodeAt(0);
}

/** The letters of the word that was folded last, as codes. */
export const letters = new Uint16Array(MOST);

/**
 * Folds a word of a text as `foldName` does, without making a string of it.
 *
 * @returns how many of `letters` there are; -1 for words with other than Latin, Greek and Cyrillic letters
 */
export function foldWord(text: string, from: number, to: number): number {
  let length = 0;
  let cyrillic = false;
  for (let i = from; i < to && length < MOST; i++) {
    const code = text.charCodeAt(i);
    if (code >= A && code <= Z) {
      letters[length++] = code;
      continue;
    }
    if (code >= LAST && code !== APOSTROPHE) return OTHER_SCRIPT;
    const one = code < LAST ? (ONE[code] ?? 0) : 0;
    if (one === MANY) length = addAll(FOLDED[code] ?? '', length);
    else if (one !== 0) letters[length++] = one;
    if (code >= CYRILLIC && code < CYRILLIC_END) cyrillic = true;
  }
  return cyrillic ? withoutEnding(length) : length;
}

function addAll(folded: string, from: number): number {
  let length = from;
  for (let i = 0; i < folded.length && length < MOST; i++) letters[length++] = folded.charCodeAt(i);
  return length;
}

/** `Виктория`, `Сергей` as the dictionary writes them: see `foldName`. */
function withoutEnding(length: number): number {
  if (length < 2) return length;
  const [last, before] = [letters[length - 1], letters[length - 2]];
  if (last === LETTER_Y && before === LETTER_I) {
    letters[length - 2] = LETTER_Y;
    return length - 1;
  }
  if (length > 2 && last === LETTER_A && before === LETTER_Y && letters[length - 3] === LETTER_I) {
    letters[length - 2] = LETTER_A;
    return length - 1;
  }
  return length;
}
