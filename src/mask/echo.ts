import { isList, isObject, isRawNumber, type Json } from '../model/json.ts';
import type { Span } from './detector.ts';

/** A value is looked for elsewhere from this length on; shorter ones would hide half of every text. */
const MIN_LENGTH = 4;
/** So many characters are compared at most (some 100 ms); what is left then counts as found. */
const MAX_WORK = 64_000_000;
const COMPARISON = 16;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** Remembers masked values, to find them where a server repeats them in prose. */
export class Echo {
  readonly #words = new Set<string>();
  /** How long the words are that begin so, longest first. */
  #lengths = new Map<string, readonly number[]>();
  #firsts = new Set<number>();
  #work = MAX_WORK;

  /** Remembers a value, or all values inside it. */
  add(value: Json): void {
    if (isList(value)) for (const item of value) this.add(item);
    else if (isObject(value)) for (const item of Object.values(value)) this.add(item);
    else if (typeof value !== 'boolean') {
      const text = scalarText(value);
      if (text.length >= MIN_LENGTH) this.#words.add(text);
    }
  }

  /** Makes what was remembered ready to be found; false where there is nothing. */
  seal(): boolean {
    const lengths = new Map<string, Set<number>>();
    for (const word of this.#words) {
      const beginning = word.slice(0, MIN_LENGTH);
      const known = lengths.get(beginning);
      if (known) known.add(word.length);
      else lengths.set(beginning, new Set([word.length]));
    }
    this.#lengths = new Map(
      [...lengths].map(([key, set]) => [key, [...set].sort((a, b) => b - a)]),
    );
    this.#firsts = new Set([...lengths.keys()].map((beginning) => beginning.charCodeAt(0)));
    return this.#words.size > 0;
  }

  /** Finds them as whole words. One regular expression of them all would be as large as the message. */
  find(text: string): Span[] {
    const spans: Span[] = [];
    for (let i = 0; i <= text.length - MIN_LENGTH; i++) {
      if (!this.#firsts.has(text.charCodeAt(i))) continue;
      const end = this.#wordEnd(text, i);
      if (end === i) continue;
      spans.push({ start: i, end });
      i = end - 1;
    }
    return spans;
  }

  /** The end of the longest word that begins here, or `start` where none does. */
  #wordEnd(text: string, start: number): number {
    const lengths = this.#lengths.get(text.slice(start, start + MIN_LENGTH));
    if (!lengths || continues(text, start, -1)) return start;
    for (const length of lengths) {
      const end = start + length;
      if (this.#work < 0) return text.length;
      this.#work -= COMPARISON;
      if (end > text.length || continues(text, end, 0)) continue;
      this.#work -= length;
      if (this.#words.has(text.slice(start, end))) return end;
    }
    return start;
  }
}

/** True where the character before (-1) or after (0) an index is a letter or a digit. */
function continues(text: string, index: number, side: -1 | 0): boolean {
  const last = text.charCodeAt(index - 1);
  const inPair = side === -1 && last >= 0xdc00 && last <= 0xdfff;
  const code = text.codePointAt(inPair ? index - 2 : index + side);
  return code !== undefined && WORD_CHARACTER.test(String.fromCodePoint(code));
}

/** The text of a value that is neither list nor object; empty for those, and for null. */
export function scalarText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value !== null && isRawNumber(value) ? value.rawJSON : '';
}
