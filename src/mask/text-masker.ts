import { isRawNumber, type Json, type RawNumber } from '../model/json.ts';
import type { Applier } from './applier.ts';
import { type Stretch, stretchesOf } from './hit.ts';
import type { REMOVED } from './masker.ts';
import { textOf } from './text/base64-runs.ts';
import type { Rewritten, TextFinder } from './text-finder.ts';

/** JSON and base64 inside texts inside JSON … are opened this many times, then read as plain text. */
export const MAX_NESTED = 4;
/** Base64 shorter than this may as well be a number or a word. */
const MIN_BLOB = 64;
const BASE64 = /^[A-Za-z0-9+/_\-\r\n]*={0,2}$/;

/** Masks a text that was inside another one, so many texts deep. */
export type MaskInner = (text: string, nested: number) => string;

/** Masks inside of single texts and numbers. */
export class TextMasker {
  readonly #finder: TextFinder;
  readonly #applier: Applier;
  readonly #inner: MaskInner;

  constructor(finder: TextFinder, applier: Applier, inner: MaskInner) {
    this.#finder = finder;
    this.#applier = applier;
    this.#inner = inner;
  }

  /** A text whose whole may become any value, or go. */
  value(text: string, field: string | undefined, nested: number): Json | typeof REMOVED {
    const stretches = this.#stretches(text, field, nested);
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
    // 4.111111111111111e15 is 4111111111111111.
    const forms = isRawNumber(value)
      ? [value.rawJSON, String(Number(value.rawJSON))]
      : [String(value)];
    for (const form of forms) {
      const stretches = this.#stretches(form, field, MAX_NESTED);
      if (stretches.length === 0) continue;
      const whole = wholeOf(stretches, form.startsWith('-') ? 1 : 0, form.length);
      return whole ? this.#applier.whole(value, whole) : this.#join(form, stretches);
    }
    return value;
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

  /** True where anything is found. */
  touches(text: string, nested: number): boolean {
    let found = false;
    this.#applier.trial(() => {
      found = this.#stretches(text, undefined, nested).length > 0;
    });
    return found;
  }

  #stretches(text: string, field: string | undefined, nested: number): Stretch[] {
    const inner = (found: string) => this.#rewrite(found, nested + 1);
    const hits = this.#finder.find(text, field, nested < MAX_NESTED ? inner : undefined);
    return hits.length === 0 ? [] : stretchesOf(this.#applier.countingHits(hits));
  }

  #rewrite(text: string, nested: number): Rewritten | undefined {
    const { result, due } = this.#applier.watch(() => this.#inner(text, nested));
    return result === text || due.length === 0 ? undefined : { text: result, due };
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
