import { foldedLetter } from './folded-letter.ts';
import type { Mark, Vocabulary } from './vocabulary.ts';

const SIZE = 256;
/** What may part the words of a phrase, so that it can't be a border. */
const GAPS = new Set(Array.from(" _./'\u2019\u00b0\u00ba-", (sign) => sign.charCodeAt(0)));
const ASCII = 128;
/** True for ASCII characters that no phrase goes over. */
const PARTS = Uint8Array.from({ length: ASCII }, (_, code) =>
  Number(foldedLetter(code) === 0 && !GAPS.has(code)),
);

/**
 * The key words of a text, looked up where they are asked for and once only: most texts have few
 * numbers, and what is far from them needn't be read. Blocks of some 256 characters are read at a
 * time, which begin behind a character that no phrase goes over; where there is none for long, a
 * block is as long as that.
 */
export class MarkedText<Topic extends string> {
  readonly #vocabulary: Vocabulary<Topic>;
  #text = '';
  /** Key words by block. */
  #blocks: (readonly Mark<Topic>[] | undefined)[] = [];
  /** Where blocks begin, as far as that is known. */
  #begins = new Int32Array(64);
  #count = 1;
  #isComplete = true;

  constructor(vocabulary: Vocabulary<Topic>) {
    this.#vocabulary = vocabulary;
  }

  /** The text that is asked about from now on. */
  read(text: string): void {
    this.#text = text;
    this.#blocks = [];
    this.#count = 1;
    this.#isComplete = text.length <= SIZE;
  }

  /** The number of the block that holds a place. */
  blockOf(place: number): number {
    while (!this.#isComplete && (this.#begins[this.#count - 1] as number) <= place) this.#goOn();
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#begins[middle] as number) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where a block begins; the end of the text for the one behind the last. */
  begin(block: number): number {
    while (block >= this.#count && !this.#isComplete) this.#goOn();
    return block < this.#count ? (this.#begins[block] as number) : this.#text.length;
  }

  /** Key words that begin in a block, in order. */
  marks(block: number): readonly Mark<Topic>[] {
    const known = this.#blocks[block];
    if (known) return known;
    const marks = this.#vocabulary.marks(this.#text, this.begin(block), this.begin(block + 1));
    this.#blocks[block] = marks;
    return marks;
  }

  /** Looks for the border of one more block. */
  #goOn(): void {
    const text = this.#text;
    let i = (this.#begins[this.#count - 1] as number) + SIZE;
    while (i < text.length && !parts(text.charCodeAt(i - 1))) i++;
    if (i >= text.length) {
      this.#isComplete = true;
      return;
    }
    if (this.#count === this.#begins.length) {
      const begins = this.#begins;
      this.#begins = new Int32Array(2 * this.#count);
      this.#begins.set(begins);
    }
    this.#begins[this.#count++] = i;
  }
}

/** True for a character that no phrase goes over. */
function parts(code: number): boolean {
  return code < ASCII ? PARTS[code] === 1 : foldedLetter(code) === 0 && !GAPS.has(code);
}
