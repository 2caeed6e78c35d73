/** A word, and where it stands in its text. */
export interface Word {
  /** Without case and accents. */
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** Scripts without blanks: each character is a word. */
const SINGLE = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const LETTERS = '[\\p{L}\\p{M}\\p{N}]';
const ASCII_WORD = /[A-Za-z0-9]+/g;
const ANY_WORD = new RegExp(`[${LETTERS}&&[${SINGLE}]]|[${LETTERS}--[${SINGLE}]]+`, 'gv');
const BEYOND_ASCII = /[^\0-\x7f]/;
/** Accents of Latin, Greek and Cyrillic letters. Marks of other scripts tell letters apart. */
const ACCENTS = /[\u0300-\u036f]/g;
/** What a letter may come apart into, such as `(1)` of one in a circle. */
const NO_LETTERS = /[^\p{L}\p{M}\p{N}]/gu;

/** Whether a text has no characters beyond ASCII. */
export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

/** The words of a text, in order. Letters and digits make words; what stands between them doesn't count. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const pattern = BEYOND_ASCII.test(text) ? ANY_WORD : ASCII_WORD;
  for (const { 0: word, index } of text.matchAll(pattern)) {
    words.push({ word: plain(word), from: index, to: index + word.length });
  }
  return words;
}

/** Each of the words of a text once. */
export function wordSet(text: string): Set<string> {
  if (!BEYOND_ASCII.test(text)) return new Set(text.toLowerCase().match(ASCII_WORD));
  return new Set((text.match(ANY_WORD) ?? []).map(plain));
}

function plain(word: string): string {
  if (!BEYOND_ASCII.test(word)) return word.toLowerCase();
  const bare = word.normalize('NFKD').replace(ACCENTS, '').normalize('NFKC').toLowerCase();
  return bare.replace(NO_LETTERS, '') || word;
}
