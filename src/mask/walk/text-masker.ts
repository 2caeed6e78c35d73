import type { Json, RawNumber } from '../../model/json.ts';
import type { REMOVED } from '../masker.ts';
import { textOf } from '../text/base64-text.ts';
import type { Due } from '../use.ts';
import type { Applier } from './applier.ts';
import { type Hit, type Stretch, stretchesOf } from './hit.ts';
import type { RewriteInner, TextFinder } from './text-finder.ts';

/** JSON and base64 inside texts inside JSON … are opened this many times, then read as plain text. */
export const MAX_NESTED = 4;
/** Base64 shorter than this may as well be a number or a word. */
const MIN_BLOB = 64;
const BASE64 = /^[A-Za-z0-9+/_\-\r\n]*={0,2}$/;
const NO_STRETCHES: readonly Stretch[] = [];

/** Masks a text that was inside another one, so many texts deep. */
export type MaskInner = (text: string, nested: number) => string;

/** Masks inside of single texts and numbers. */
export class TextMasker {
  readonly #finder: TextFinder;
  readonly #applier: Applier;
  readonly #inner: MaskInner;
  /** What is done to a text in a text, by how many are around it: made once, for most texts ask for it. */
  readonly #rewriters: readonly RewriteInner[];

  constructor(finder: TextFinder, applier: Applier, inner: MaskInner) {
    this.#finder = finder;
    this.#applier = applier;
    this.#inner = inner;
    this.#rewriters = Array.from({ length: MAX_NESTED }, (_, nested) => this.#rewriter(nested + 1));
  }

  /** A text whose whole may become any value, or go. */
  value(text: string, field: string | undefined, nested: number): Json | typeof REMOVED {
    const stretches = this.#stretches(text, field, nested);
    if (stretches.length === 0) return text;
    const whole = wholeOf(stretches, 0, text.length);
    return whole ? this.#applier.whole(text, whole) : this.#join(text, stretches);
  }

  /** A text that stays one. */
  text(text: string, field: string | undefined, nested: number): string {
    const stretches = this.#stretches(text, field, nested);
    return this.#join(text, stretches);
  }

  /** A number, which becomes a text where a part of its digits is masked. */
  number(value: number | RawNumber, field: string | undefined): Json | typeof REMOVED {
    if (typeof value === 'number') return this.#written(value, String(value), field);
    const masked = this.#written(value, value.rawJSON, field);
    // 4.111111111111111e15 is 4111111111111111.
    return masked === value ? this.#written(value, String(Number(value.rawJSON)), field) : masked;
  }

  #written(value: Json, form: string, field: string | undefined): Json | typeof REMOVED {
    const hits = this.#finder.findInNumber(form, field);
    if (hits.length === 0) return value;
    const stretches = stretchesOf(this.#applier.countingHits(hits));
    if (stretches.length === 0) return value;
    const whole = wholeOf(stretches, form.startsWith('-') ? 1 : 0, form.length);
    return whole ? this.#applier.whole(value, whole) : this.#join(form, stretches);
  }

  /** Base64, of which only text is looked into. What is no base64 is a text. */
  blob(base64: string, nested: number): string {
    const asText =
      base64.length >= MIN_BLOB && isBase64(base64) ? base64 : this.text(base64, undefined, nested);
    if (asText !== base64) return asText;
    const text = textOf(base64);
    if (text === undefined) return base64;
    const changed = this.#inner(text, nested);
    return changed === text ? base64 : Buffer.from(changed, 'utf8').toString('base64');
  }

  /**
   * A value that is masked as a whole by what shows its ends: what is found inside shows no more than it would alone.
   * Undefined where nothing is found.
   */
  kept(
    text: string,
    field: string | undefined,
    nested: number,
    due: readonly Due[],
  ): string | undefined {
    let found: readonly Hit[] = [];
    this.#applier.trial(() => {
      found = this.#finder.find(text, field, this.#rewriters[nested]);
    });
    if (found.length === 0) return undefined;
    const inside = found.map(({ start, end, due: other }): Hit => ({ start, end, due: other }));
    const hits = [{ start: 0, end: text.length, due }, ...this.#applier.countingHits(inside)];
    return this.#applier.stretch(text, { start: 0, end: text.length, hits });
  }

  /** True where anything is found. */
  touches(text: string, nested: number): boolean {
    let found = false;
    this.#applier.trial(() => {
      found = this.#stretches(text, undefined, nested).length > 0;
    });
    return found;
  }

  #stretches(text: string, field: string | undefined, nested: number): readonly Stretch[] {
    const hits = this.#finder.find(text, field, this.#rewriters[nested]);
    return hits.length === 0 ? NO_STRETCHES : stretchesOf(this.#applier.countingHits(hits));
  }

  #rewriter(nested: number): RewriteInner {
    return (text) => {
      const { result, due } = this.#applier.watch(() => this.#inner(text, nested));
      return result === text || due.length === 0 ? undefined : { text: result, due };
    };
  }

  #join(text: string, stretches: readonly Stretch[]): string {
    if (stretches.length === 0) return text;
    let out = '';
    let done = 0;
    for (const stretch of stretches) {
      out += text.slice(done, stretch.start) + this.#applier.stretch(text, stretch);
      done = stretch.end;
    }
    return out + text.slice(done);
  }
}

function wholeOf(stretches: readonly Stretch[], from: number, to: number): Stretch | undefined {
  const [only] = stretches;
  if (stretches.length !== 1 || !only || only.start > from || only.end !== to) return undefined;
  return only.hits.some((hit) => hit.rewritten !== undefined) ? undefined : only;
}

/** True of what may be base64. */
export function isBase64(text: string): boolean {
  return BASE64.test(text.trimEnd());
}
