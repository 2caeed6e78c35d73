/** What the characters of a word are, as bits. */
export const DIGITS = 1;
export const CAPITALS = 2;
export const SMALLS = 4;

const KIND = new Uint8Array(128);
for (let code = 48; code <= 57; code++) KIND[code] = DIGITS;
for (let code = 65; code <= 90; code++) {
  KIND[code] = CAPITALS;
  KIND[code + 32] = SMALLS;
}

/** Soft hyphen, zero-width characters, marks of direction; blanks and hyphens that aren't those of ASCII. */
const ODD_CHARACTERS =
  /[\u00a0\u00ad\u061c\u180e\u2000-\u2013\u202a-\u202f\u2060-\u206f\u2212\ufeff]/;
const FIRST_ODD = 0xa0;
const ODD = Uint8Array.from({ length: 2 ** 16 }, (_, code) =>
  Number(ODD_CHARACTERS.test(String.fromCharCode(code))),
);

/**
 * The words of a text that hold a digit, in order: stretches of ASCII letters and digits. What a
 * backslash escapes (`\n` in a log line) is no part of a word.
 */
export interface DigitWords {
  readonly count: number;
  /** The length of the longest. */
  readonly longest: number;
  /** Where words begin. */
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** Of what characters they are: digits, capitals, small letters. */
  readonly kinds: Uint8Array;
  /** True where the text has characters that a reader doesn't see, or blanks and hyphens of other kinds. */
  readonly isOdd: boolean;
}

// One text at a time, in buffers that are used again: most texts are short, and there are many of
// them.
const words = {
  count: 0,
  longest: 0,
  starts: new Int32Array(1024),
  lengths: new Int32Array(1024),
  kinds: new Uint8Array(1024),
  isOdd: false,
};
let lastText = '';

/**
 * One pass over the text for all detectors that look at it one after the other.
 * What it gives is good until it is asked about another text.
 */
export function digitWords(text: string): DigitWords {
  if (text !== lastText) {
    words.count = 0;
    words.longest = 0;
    words.isOdd = false;
    findWords(text);
    lastText = text;
  }
  return words;
}

function addWord(start: number, length: number, kind: number): void {
  const { count } = words;
  if (count === words.starts.length) grow(count * 2);
  words.starts[count] = start;
  words.lengths[count] = length;
  words.kinds[count] = kind;
  if (length > words.longest) words.longest = length;
  words.count = count + 1;
}

function grow(size: number): void {
  const { starts, lengths, kinds } = words;
  words.starts = new Int32Array(size);
  words.starts.set(starts);
  words.lengths = new Int32Array(size);
  words.lengths.set(lengths);
  words.kinds = new Uint8Array(size);
  words.kinds.set(kinds);
}

/** From digit to digit: most characters of most texts are looked at once, and compared once. */
function findWords(text: string): void {
  const size = text.length;
  let floor = 0;
  for (let i = 0; i < size; i++) {
    const code = text.charCodeAt(i);
    if (code > 57 || code < 48) {
      if (code >= FIRST_ODD && ODD[code] === 1) words.isOdd = true;
      continue;
    }
    let kind = DIGITS;
    let start = i;
    while (start > floor) {
      const before = kindOf(text.charCodeAt(start - 1));
      if (before === 0) break;
      kind |= before;
      start--;
    }
    let end = i + 1;
    for (; end < size; end++) {
      const next = kindOf(text.charCodeAt(end));
      if (next === 0) break;
      kind |= next;
    }
    floor = end;
    i = end - 1;
    if (start > 0 && isEscaped(text, start)) {
      start++;
      kind = kindsIn(text, start, end);
    }
    addWord(start, end - start, kind);
  }
}

function kindOf(code: number): number {
  return code < 128 ? (KIND[code] as number) : 0;
}

function kindsIn(text: string, start: number, end: number): number {
  let kind = 0;
  for (let i = start; i < end; i++) kind |= kindOf(text.charCodeAt(i));
  return kind;
}

function isEscaped(text: string, index: number): boolean {
  if (text.charCodeAt(index - 1) !== 92) return false;
  const code = text.charCodeAt(index);
  return code === 110 || code === 114 || code === 116;
}
