import { isList, isObject, isRawNumber, type Json } from '../model/json.ts';

/** A value is looked for elsewhere from this length on; shorter ones would hide half of every text. */
const MIN_LENGTH = 4;

/** Remembers masked values, to find them where a server repeats them in prose. */
export class Echo {
  readonly #words = new Set<string>();

  /** Remembers a value, or all values inside it. */
  add(value: Json): void {
    if (isList(value)) for (const item of value) this.add(item);
    else if (isObject(value)) for (const item of Object.values(value)) this.add(item);
    else if (typeof value !== 'boolean') {
      const text = scalarText(value);
      if (text.length >= MIN_LENGTH) this.#words.add(text);
    }
  }

  /** Finds any of them as whole words; undefined where there are none. */
  pattern(): RegExp | undefined {
    if (this.#words.size === 0) return undefined;
    const words = [...this.#words].sort((a, b) => b.length - a.length);
    const alternatives = words.map((word) => RegExp.escape(word)).join('|');
    return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`, 'gu');
  }
}

/** The text of a value that is neither list nor object; empty for those, and for null. */
export function scalarText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value !== null && isRawNumber(value) ? value.rawJSON : '';
}
