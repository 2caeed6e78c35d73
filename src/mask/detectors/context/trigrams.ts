import { lowerCode } from './lower-code.ts';

const BITS = 5;
const LETTER = 2 ** BITS - 1;
const SIZE = 2 ** (3 * BITS);

/**
 * Sets of three letters, for a quick "no": most words of a text needn't become a string to be told from those
 * that are looked for. Case doesn't count, and a letter is known by five bits, so a "yes" has to be checked.
 */
export class Trigrams {
  readonly #known = new Uint8Array(SIZE);

  /** @param letters three of them; where there are fewer, anything may stand in front */
  constructor(letters: Iterable<string>) {
    for (const one of letters) this.#add(one.toLowerCase());
  }

  /** For words by their endings. */
  static endingsOf(words: Iterable<string>): Trigrams {
    return new Trigrams(Array.from(words, (word) => word.slice(-3)));
  }

  /** True where three letters may be such that end with this one, whatever stood in front being in the key. */
  has(key: number): boolean {
    return this.#known[key] === 1;
  }

  /** True where the three characters in front of a place may be such. */
  endsAt(text: string, end: number): boolean {
    let key = 0;
    for (let i = end - 3; i < end; i++) key = next(key, i < 0 ? 0 : text.charCodeAt(i));
    return this.#known[key] === 1;
  }

  /** True where any three characters from one place to another may be such; shorter ones reach out in front. */
  anyIn(text: string, from: number, to: number): boolean {
    let key = 0;
    for (let i = from; i < to; i++) {
      key = next(key, text.charCodeAt(i));
      if (this.#known[key] === 1) return true;
    }
    return false;
  }

  #add(letters: string): void {
    let key = 0;
    for (let i = 0; i < letters.length; i++) key = next(key, letters.charCodeAt(i));
    const step = 2 ** (BITS * letters.length);
    for (let any = key; any < SIZE; any += step) this.#known[any] = 1;
  }
}

/** The key of three characters from that of the three before and the next. */
function next(key: number, code: number): number {
  return ((key << BITS) | (lowerCode(code) & LETTER)) & (SIZE - 1);
}
