import { isDigit, isWord } from '../context/ascii.ts';
import { CAPITALS, DIGITS, SMALLS } from '../context/digit-words.ts';

/** A form of identifiers, made to be looked for by one of its words. */
export interface Form {
  readonly codes: readonly number[];
  /** Where the word begins by which the form is looked for, and its length. */
  readonly anchor: number;
  readonly length: number;
  /**
   * What stands right behind that word, or in front of it where it is the last: a quick "no" to
   * most words.
   */
  readonly hint: { readonly behind: boolean; readonly code: number } | undefined;
  readonly blanks: boolean;
  /** Where its letters and digits begin and end, in turn; undefined where nothing parts them. */
  readonly parts: readonly number[] | undefined;
  readonly letters: boolean;
}

const PART = /[9AaXx]+/g;
const DIGIT = 57;
const CAPITAL = 65;
const LETTER = 97;
const DIGIT_OR_CAPITAL = 88;
const DIGIT_OR_LETTER = 120;
const WORD = /[A-Za-z0-9]+/g;

/** What a character of a form stands for, as bits of kinds of characters; 0 where for itself. */
const ALLOWED = new Uint8Array(128);
ALLOWED[DIGIT] = DIGITS;
ALLOWED[CAPITAL] = CAPITALS;
ALLOWED[LETTER] = CAPITALS | SMALLS;
ALLOWED[DIGIT_OR_CAPITAL] = DIGITS | CAPITALS;
ALLOWED[DIGIT_OR_LETTER] = DIGITS | CAPITALS | SMALLS;

export function compileForm(form: string): Form {
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
    blanks: form.includes(' '),
    parts: /[^\w]/.test(form) ? partsOf(form) : undefined,
    letters: /[AaXx]/.test(form),
  };
}

/** True where a word of such characters may be the word that the form is looked for by. */
export function mayBeAnchor({ codes, anchor, length }: Form, kinds: number): boolean {
  let any = 0;
  let all = 0;
  for (let i = anchor; i < anchor + length; i++) {
    const allowed = ALLOWED[codes[i] ?? 0] ?? 0;
    any |= allowed;
    // A character that can be of one kind only makes the word have it.
    if (allowed === DIGITS || allowed === CAPITALS) all |= allowed;
  }
  return (kinds & ~any) === 0 && (kinds & all) === all;
}

/** True where a text has the form at a place, apart from other words, and it is no part of a longer number. */
export function standsAt(form: Form, text: string, start: number): boolean {
  const { codes } = form;
  const end = start + codes.length;
  if (start < 0 || end > text.length || !matches(text, start, codes)) return false;
  if (form.anchor > 0 && isWord(text.charCodeAt(start - 1))) return false;
  return !isWord(text.charCodeAt(end)) && !continues(text, start, end);
}

/** Letters (capitals) and digits of what is written in a form at a place. */
export function compactAt(form: Form, text: string, start: number): string {
  const { parts } = form;
  let compact = '';
  if (parts === undefined) compact = text.slice(start, start + form.codes.length);
  else {
    for (let i = 0; i < parts.length; i += 2) {
      compact += text.slice(start + (parts[i] as number), start + (parts[i + 1] as number));
    }
  }
  return form.letters ? compact.toUpperCase() : compact;
}

/**
 * True where it may be the end or the beginning of something longer: `ab12-078-05-1120`, `5 078 05
 * 1120`.
 */
export function isPartOfMore(text: string, start: number, end: number, blanks: boolean): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  if (before === HYPHEN && isWord(text.charCodeAt(start - 2))) return true;
  if (after === HYPHEN && isWord(text.charCodeAt(end + 1))) return true;
  if (!blanks) return false;
  if (before === BLANK && isDigit(text.charCodeAt(start - 2))) return true;
  return after === BLANK && isDigit(text.charCodeAt(end + 1));
}

const [BLANK, PLUS, HYPHEN, DOT] = [32, 43, 45, 46];

function matches(text: string, start: number, codes: readonly number[]): boolean {
  for (let i = 0; i < codes.length; i++) {
    const code = text.charCodeAt(start + i);
    const form = codes[i] as number;
    if (form === DIGIT ? !isDigit(code) : !fits(code, form)) return false;
  }
  return true;
}

function fits(code: number, form: number): boolean {
  switch (form) {
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
  const before = text.charCodeAt(start - 1);
  if (before === PLUS) return true;
  if ((before === HYPHEN || before === DOT) && isDigit(text.charCodeAt(start - 2))) return true;
  const after = text.charCodeAt(end);
  return (after === HYPHEN || after === DOT) && isDigit(text.charCodeAt(end + 1));
}

function partsOf(form: string): number[] {
  return [...form.matchAll(WORD)].flatMap((word) => [word.index, word.index + word[0].length]);
}

function hintOf(codes: readonly number[], anchor: number, length: number): Form['hint'] {
  const behind = codes[anchor + length];
  if (behind !== undefined) return { behind: true, code: behind };
  const before = codes[anchor - 1];
  return before === undefined ? undefined : { behind: false, code: before };
}

/** The longest part that surely has a digit is the rarest; else the longest that may have one. */
function anchorRank(part: string): number {
  if (part.includes('9')) return 100 + part.length;
  return /x/i.test(part) ? part.length : -1;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isSmall(code: number): boolean {
  return code >= 97 && code <= 122;
}
