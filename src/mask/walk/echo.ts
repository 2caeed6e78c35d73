import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';
import type { Due } from '../use.ts';
import type { Hit } from './hit.ts';

/** A value is looked for elsewhere from this length on; shorter ones would hide half of every text. */
const MIN_LENGTH = 4;
/** So many characters are compared at most (some 100 ms); what is left then counts as found. */
const MAX_WORK = 64_000_000;
const COMPARISON = 16;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** A value that was masked, and what was due to it. */
interface Word {
  readonly due: readonly Due[];
  readonly value: Json;
}

/** Remembers masked values, to find them where a server repeats them in prose. */
export class Echo {
  readonly #words = new Map<string, Word>();
  /** How long the words are that begin so, longest first. */
  #lengths: Map<string, readonly number[]> | undefined;
  /** The code units that words begin with: those of ASCII, and whether there are others. */
  readonly #firsts = new Uint8Array(129);
  #work = MAX_WORK;

  /** Remembers a value, or all values inside it. */
  add(value: Json, due: readonly Due[]): void {
    if (isList(value)) for (const item of value) this.add(item, due);
    else if (isObject(value)) for (const item of Object.values(value)) this.add(item, due);
    else if (typeof value !== 'boolean') {
      const text = scalarText(value);
      if (text.length < MIN_LENGTH) return;
      const known = this.#words.get(text);
      if (known?.due === due) return;
      this.#lengths = undefined;
      this.#words.set(
        text,
        known ? { due: union(known.due, due), value: known.value } : { due, value },
      );
    }
  }

  /** True where there is nothing to find. */
  get isEmpty(): boolean {
    return this.#words.size === 0;
  }

  /** Finds them as whole words. One regular expression of them all would be as large as the message. */
  find(text: string): Hit[] {
    if (this.#words.size === 0) return [];
    const lengths = this.#lengths ?? this.#index();
    const hits: Hit[] = [];
    for (let i = 0; i <= text.length - MIN_LENGTH; i++) {
      const code = text.charCodeAt(i);
      if (this.#firsts[code < 128 ? code : 128] === 0) continue;
      // Most that begins like a word is inside of another one.
      if (continues(text, i, -1)) continue;
      const hit = this.#wordAt(text, i, lengths);
      if (!hit) continue;
      hits.push(hit);
      i = hit.end - 1;
    }
    return hits;
  }

  #index(): Map<string, readonly number[]> {
    const lengths = new Map<string, Set<number>>();
    for (const word of this.#words.keys()) {
      const beginning = word.slice(0, MIN_LENGTH);
      const known = lengths.get(beginning);
      if (known) known.add(word.length);
      else lengths.set(beginning, new Set([word.length]));
    }
    this.#firsts.fill(0);
    for (const beginning of lengths.keys())
      this.#firsts[Math.min(beginning.charCodeAt(0), 128)] = 1;
    const sorted = [...lengths].map(([key, set]) => [key, [...set].sort((a, b) => b - a)] as const);
    this.#lengths = new Map(sorted);
    return this.#lengths;
  }

  /** The longest word that begins here. */
  #wordAt(
    text: string,
    start: number,
    byBeginning: ReadonlyMap<string, readonly number[]>,
  ): Hit | undefined {
    const lengths = byBeginning.get(text.slice(start, start + MIN_LENGTH));
    if (!lengths) return undefined;
    for (const length of lengths) {
      const end = start + length;
      if (this.#work < 0) return { start, end: text.length, due: this.#anyDue() };
      this.#work -= COMPARISON;
      if (end > text.length || continues(text, end, 0)) continue;
      this.#work -= length;
      const word = this.#words.get(text.slice(start, end));
      if (word) return { start, end, due: word.due, repeats: word.value };
    }
    return undefined;
  }

  #anyDue(): readonly Due[] {
    const [first] = this.#words.values();
    return first?.due ?? [];
  }
}

function union(a: readonly Due[], b: readonly Due[]): readonly Due[] {
  return [...a, ...b.filter(({ use }) => !a.some((one) => one.use === use))];
}

/** True where the character before (-1) or after (0) an index is a letter or a digit. */
function continues(text: string, index: number, side: -1 | 0): boolean {
  const near = text.charCodeAt(index + side);
  if (near < 128) return isAsciiWord(near);
  const last = text.charCodeAt(index - 1);
  const inPair = side === -1 && last >= 0xdc00 && last <= 0xdfff;
  const code = text.codePointAt(inPair ? index - 2 : index + side);
  return code !== undefined && WORD_CHARACTER.test(String.fromCodePoint(code));
}

function isAsciiWord(code: number): boolean {
  const small = code | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** The text of a value that is neither list nor object; empty for those, and for null. */
export function scalarText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value !== null && isRawNumber(value) ? value.rawJSON : '';
}
