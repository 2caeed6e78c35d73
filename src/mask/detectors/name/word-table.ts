import { letters } from './folded-word.ts';

/**
 * Words of the letters a to z with a number each, asked for the word that `foldWord` folded last: a look-up
 * makes no string, which costs more than the search in a `Map` does.
 */
export class WordTable {
  /** Where the letters of the word begin that has a slot; 0 where there is none. */
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** All words: how long each is, its number, and its letters. */
  readonly #words: Uint16Array;

  constructor(words: ReadonlyMap<string, number>) {
    let size = 1;
    while (size < words.size * 3) size *= 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    let room = 1;
    for (const word of words.keys()) room += word.length + 2;
    this.#words = new Uint16Array(room);
    let at = 1;
    for (const [word, value] of words) at = this.#add(word, value, at);
  }

  /** The number of the letters from one place to another of the folded word; -1 where it is no word of these. */
  get(from: number, to: number): number {
    const words = this.#words;
    let hash = 0;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + (letters[i] ?? 0)) | 0;
    for (let slot = place(hash) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = this.#slots[slot] ?? 0;
      if (at === 0) return -1;
      if (words[at] === to - from && this.#isAt(at + 2, from, to)) return words[at + 1] ?? 0;
    }
  }

  #isAt(at: number, from: number, to: number): boolean {
    const words = this.#words;
    const gap = at - from;
    for (let i = from; i < to; i++) if (words[i + gap] !== letters[i]) return false;
    return true;
  }

  #add(word: string, value: number, at: number): number {
    const words = this.#words;
    let hash = 0;
    words[at] = word.length;
    words[at + 1] = value;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      words[at + 2 + i] = code;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    let slot = place(hash) & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = at;
    return at + word.length + 2;
  }
}

function place(hash: number): number {
  return hash ^ (hash >>> 15);
}
