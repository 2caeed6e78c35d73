const MAX_LENGTH = 64;
const NONE = -1;

// What a character is: 1 an ASCII digit, 2 an ASCII letter, 0 anything else.
const KIND = new Uint8Array(2 ** 16);
for (const character of '0123456789') KIND[character.charCodeAt(0)] = 1;
for (let code = 65; code <= 90; code++) KIND[code] = KIND[code + 32] = 2;

/**
 * The words of a text that hold a digit, by length: stretches of ASCII letters and digits, up to 64
 * characters. What a backslash escapes (`\n` in a log line) is no part of a word.
 */
export interface DigitWords {
  /** The first word of a length, or -1. */
  first(length: number): number;
  /** The next word of the same length, or -1. */
  next(word: number): number;
  /** Where a word begins. */
  start(word: number): number;
}

// One text at a time, in buffers that are used again: most texts are short, and there are many of
// them.
const heads = new Int32Array(MAX_LENGTH + 1).fill(NONE);
const tails = new Int32Array(MAX_LENGTH + 1).fill(NONE);
let starts = new Int32Array(1024);
let following = new Int32Array(1024);
let count = 0;
let lastText = '';

const words: DigitWords = {
  first: (length) => heads[length] ?? NONE,
  next: (word) => following[word] ?? NONE,
  start: (word) => starts[word] ?? 0,
};

/**
 * One pass over the text for all detectors that look at it one after the other.
 * What it gives is good until it is asked about another text.
 */
export function digitWords(text: string): DigitWords {
  if (text !== lastText) {
    heads.fill(NONE);
    count = 0;
    findWords(text);
    lastText = text;
  }
  return words;
}

function addWord(start: number, length: number): void {
  if (count === starts.length) {
    starts = grown(starts);
    following = grown(following);
  }
  const before = tails[length] ?? NONE;
  if (heads[length] === NONE) heads[length] = count;
  else following[before] = count;
  tails[length] = count;
  starts[count] = start;
  following[count] = NONE;
  count++;
}

function grown(buffer: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(buffer.length * 2);
  larger.set(buffer);
  return larger;
}

function findWords(text: string): void {
  const size = text.length;
  for (let i = 0; i < size; i++) {
    let kind = kindAt(text, i);
    if (kind === 0) continue;
    let start = i;
    let kinds = 0;
    while (kind !== 0) {
      kinds |= kind;
      i++;
      kind = i < size ? kindAt(text, i) : 0;
    }
    if ((kinds & 1) === 0) continue;
    if (start > 0 && isEscaped(text, start)) start++;
    if (i > start && i - start <= MAX_LENGTH) addWord(start, i - start);
  }
}

function kindAt(text: string, index: number): number {
  return KIND[text.charCodeAt(index)] ?? 0;
}

function isEscaped(text: string, index: number): boolean {
  if (text.charCodeAt(index - 1) !== 92) return false;
  const code = text.charCodeAt(index);
  return code === 110 || code === 114 || code === 116;
}
