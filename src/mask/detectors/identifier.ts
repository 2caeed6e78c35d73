import type { Detector, Needs, Span } from '../detector.ts';
import { digitWords } from './digit-words.ts';
import { type Topic, topicsAround } from './topics.ts';
import { inVisible } from './visible-text.ts';

/** How one kind of identifier is written and proved. */
export interface Identifier {
  /** The name of the detector. */
  readonly name: Topic;
  /**
   * Forms that say enough by themselves. In a form `9` is a digit, `A` a capital, `a` a letter, `X`
   * a digit or a capital, `x` a digit or a letter; any other character stands for itself. Each form
   * has a part with digits only or of fixed length, and a blank in it matches one blank.
   */
  readonly alone?: readonly string[];
  /** Forms that count only where a word of the topic stands near, or the field's name has one. */
  readonly inContext?: readonly string[];
  /**
   * True where a form in `alone` is proved: no word in front of it ("order no.") makes it something
   * else.
   */
  readonly proven?: boolean;
  /** @param compact letters (capitals) and digits of the form, without what parts them */
  valid(compact: string): boolean;
  /** What a form in `alone` must hold besides, where no word of the topic is near. */
  convinces?(compact: string): boolean;
}

interface Form {
  readonly codes: readonly number[];
  /** Where the word begins by which the form is looked for, and its length. */
  readonly anchor: number;
  readonly length: number;
  /**
   * What stands right behind that word, or in front of it where it is the last: a quick "no" to
   * most words.
   */
  readonly hint: { readonly at: number; readonly code: number } | undefined;
  readonly alone: boolean;
  readonly blanks: boolean;
  readonly parted: boolean;
  readonly letters: boolean;
}

const PART = /[9AaXx]+/g;
const DIGIT = 57;
const CAPITAL = 65;
const LETTER = 97;
const DIGIT_OR_CAPITAL = 88;
const DIGIT_OR_LETTER = 120;
const NOT_COMPACT = /[^A-Za-z0-9]/g;

/**
 * A detector of identifiers that have forms and a check.
 * It looks only at words of the length that a form needs, so a text without them costs nothing more
 * than the search for words. An identifier is found whole: not as a part of a longer number
 * (`1-078-05-1120`) or word.
 */
export function identifier(spec: Identifier): Detector {
  const forms = [
    ...(spec.alone ?? []).map((form) => compiled(form, true)),
    ...(spec.inContext ?? []).map((form) => compiled(form, false)),
  ];
  const find = (text: string, field?: string): Span[] => {
    const spans: Span[] = [];
    for (const form of forms) findForm(spec, form, text, field, spans);
    return spans.length > 1 ? withoutOverlap(spans) : spans;
  };
  return { name: spec.name, needs: needsOf(spec), find: inVisible(find) };
}

function findForm(
  spec: Identifier,
  form: Form,
  text: string,
  field: string | undefined,
  spans: Span[],
): void {
  const words = digitWords(text);
  const { hint } = form;
  for (let word = words.first(form.length); word >= 0; word = words.next(word)) {
    const place = words.start(word);
    if (hint && text.charCodeAt(place + hint.at) !== hint.code) continue;
    const start = place - form.anchor;
    const end = start + form.codes.length;
    if (start < 0 || end > text.length || !matches(text, start, form.codes)) continue;
    const apart = form.anchor === 0 || !isWord(text.charCodeAt(start - 1));
    if (!apart || isWord(text.charCodeAt(end)) || continues(text, start, end)) continue;
    if (!form.alone) {
      if (!topicsAround.mentions(text, spec.name, field)) return;
      if (!isInContext(spec, text, start, end, field)) continue;
    }
    const compact = compactOf(form, text.slice(start, end));
    if (!spec.valid(compact)) continue;
    if (!form.alone || counts(spec, form, text, start, end, compact, field)) {
      spans.push({ start, end });
    }
  }
}

/** Whether the words around say that it is one, and no nearer word that it is something else. */
function isInContext(
  spec: Identifier,
  text: string,
  start: number,
  end: number,
  field: string | undefined,
): boolean {
  const { near, label } = topicsAround(text, start, end, field);
  if (!near.includes(spec.name)) return false;
  return label.length === 0 || label.includes(spec.name);
}

/** Whether a valid identifier in a form that says enough is one here. */
function counts(
  spec: Identifier,
  form: Form,
  text: string,
  start: number,
  end: number,
  compact: string,
  field: string | undefined,
): boolean {
  const alone = !isPartOfMore(text, start, end, form.blanks);
  const convincing = alone && (spec.convinces?.(compact) ?? true);
  if (convincing && spec.proven === true) return true;
  const { near, label } = topicsAround(text, start, end, field);
  return near.includes(spec.name) || (convincing && label.length === 0);
}

function compactOf(form: Form, written: string): string {
  const compact = form.parted ? written.replace(NOT_COMPACT, '') : written;
  return form.letters ? compact.toUpperCase() : compact;
}

function matches(text: string, start: number, codes: readonly number[]): boolean {
  for (let i = 0; i < codes.length; i++) {
    if (!fits(text.charCodeAt(start + i), codes[i] ?? 0)) return false;
  }
  return true;
}

function fits(code: number, form: number): boolean {
  switch (form) {
    case DIGIT:
      return isDigit(code);
    case CAPITAL:
      return isCapital(code);
    case LETTER:
      return isCapital(code) || isSmall(code);
    case DIGIT_OR_CAPITAL:
      return isDigit(code) || isCapital(code);
    case DIGIT_OR_LETTER:
      return isWord(code);
    default:
      return code === form;
  }
}

/** True where a hyphen or dot ties it to another digit: a part of a longer number, or a decimal. */
function continues(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  if (before === '+') return true;
  if ((before === '-' || before === '.') && isDigit(text.charCodeAt(start - 2))) return true;
  const after = text.charAt(end);
  return (after === '-' || after === '.') && isDigit(text.charCodeAt(end + 1));
}

/**
 * True where it may be the end or the beginning of something longer: `ab12-078-05-1120`, `5 078 05
 * 1120`.
 */
function isPartOfMore(text: string, start: number, end: number, blanks: boolean): boolean {
  const before = text.charAt(start - 1);
  const after = text.charAt(end);
  if (before === '-' && isWord(text.charCodeAt(start - 2))) return true;
  if (after === '-' && isWord(text.charCodeAt(end + 1))) return true;
  if (!blanks) return false;
  if (before === ' ' && isDigit(text.charCodeAt(start - 2))) return true;
  return after === ' ' && isDigit(text.charCodeAt(end + 1));
}

function compiled(form: string, alone: boolean): Form {
  const parts = [...form.matchAll(PART)].sort((a, b) => anchorRank(b[0]) - anchorRank(a[0]));
  const anchor = parts[0];
  if (!anchor || anchorRank(anchor[0]) < 0) throw new TypeError(`no digit in "${form}"`);
  const codes = Array.from(form, (character) => character.charCodeAt(0));
  const { index } = anchor;
  return {
    codes,
    anchor: index,
    length: anchor[0].length,
    hint: hintOf(codes, index, anchor[0].length),
    alone,
    blanks: form.includes(' '),
    parted: /[^\w]/.test(form),
    letters: /[AaXx]/.test(form),
  };
}

function hintOf(codes: readonly number[], anchor: number, length: number): Form['hint'] {
  const behind = codes[anchor + length];
  if (behind !== undefined) return { at: length, code: behind };
  const before = codes[anchor - 1];
  return before === undefined ? undefined : { at: -1, code: before };
}

/** The longest part that surely has a digit is the rarest; else the longest that may have one. */
function anchorRank(part: string): number {
  if (part.includes('9')) return 100 + part.length;
  return /x/i.test(part) ? part.length : -1;
}

function needsOf({ alone = [], inContext = [] }: Identifier): Needs {
  const forms = [...alone, ...inContext];
  const digits = forms.map((form) => form.replace(/[^9]/g, '').length);
  return {
    length: Math.min(...forms.map((form) => form.length)),
    digits: Math.max(1, Math.min(...digits)),
  };
}

function withoutOverlap(spans: Span[]): Span[] {
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return spans.filter((span) => {
    const apart = span.start >= end;
    if (apart) end = span.end;
    return apart;
  });
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isSmall(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isWord(code: number): boolean {
  return isDigit(code) || isCapital(code) || isSmall(code);
}
