import type { Span } from '../../detector.ts';
import { type FieldKinds, kindsOfWritten, mayTell } from './field-kinds.ts';
import { glanceAt } from './glance.ts';
import { letterKind, SPACE } from './letter-kind.ts';
import { ownCopy } from './own-copy.ts';
import { tableCells } from './table-cells.ts';
import { valueEnd } from './value-end.ts';

/** A value that stands beside a name which says what it holds. */
export interface NamedValue extends Span {
  readonly kinds: FieldKinds;
}

const MAX_NAME = 40;
const MAX_WORDS = 5;
const MAX_VALUE = 200;
const NONE: readonly NamedValue[] = [];

let lastText = '';
let lastValues: readonly NamedValue[] = NONE;

/**
 * Values in a text that stand after their names (`name: value`, `name=value`, `"name": "value"`), and the cells
 * of tables (CSV, Markdown, psql) under a heading; or the whole, if the field that holds it is called so. It
 * looks at most 40 characters back from each colon and 200 ahead. What it saw of a text is remembered until
 * it is asked about another, as several detectors ask about the same.
 */
export function namedValues(text: string, field?: string): readonly NamedValue[] {
  const whole = field === undefined ? undefined : kindsOfWritten(field);
  if (whole !== undefined && text.length <= MAX_VALUE) {
    return [{ kinds: whole, ...trimmed(text, 0, text.length) }];
  }
  if (text !== lastText) {
    lastValues = valuesIn(text);
    lastText = text;
  }
  return lastValues;
}

function valuesIn(text: string): readonly NamedValue[] {
  let found: NamedValue[] | undefined;
  const { signs, signCount } = glanceAt(text);
  for (let i = 0; i < signCount; i++) {
    const sign = signs[i] ?? 0;
    const kinds = kindsBefore(text, sign);
    if (kinds === undefined) continue;
    found ??= [];
    found.push({ kinds, ...valueAfter(text, sign + 1) });
  }
  const cells = tableCells(text, headingKinds, mayTell);
  if (cells.length === 0) return found ?? NONE;
  return found === undefined ? cells : found.concat(cells);
}

const OF_PEOPLE = /mail|phone|telefon|mobil|birth|surname|correo|courriel/i;

/** Beside a column of addresses or numbers to reach somebody, a `name` is a person's. */
function headingKinds(heading: string, others: readonly string[]): FieldKinds | undefined {
  const kinds = kindsOfWritten(heading);
  if (kinds?.person !== 'any') return kinds;
  return others.some((other) => OF_PEOPLE.test(other)) ? { ...kinds, person: 'role' } : kinds;
}

const MAX_REMEMBERED = 8_192;
const remembered = new Map<string, FieldKinds | null>();

/** What the words that end at a colon say: `The patient's date of birth`, the longest that says something. */
function kindsBefore(text: string, sign: number): FieldKinds | undefined {
  let end = sign;
  while (end > 0 && end > sign - 3 && BETWEEN.has(text.charCodeAt(end - 1))) end--;
  if (end === 0 || !isLetterOrDigit(text.charCodeAt(end - 1))) return undefined;
  if (!mayTell(text, Math.max(0, end - MAX_NAME), end)) return undefined;
  let from = end;
  for (let words = 0; words < MAX_WORDS; words++) {
    from = wordStart(text, from, Math.max(0, end - MAX_NAME));
    if (
      from < 2 ||
      text.charCodeAt(from - 1) !== 0x20 ||
      !isLetterOrDigit(text.charCodeAt(from - 2))
    )
      break;
    from--;
  }
  if (from === end || onlyDigits(text, from, end)) return undefined;
  const name = text.slice(from, end);
  const known = remembered.get(name);
  if (known !== undefined) return known ?? undefined;
  const kinds = kindsOf(name);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(ownCopy(name), kinds ?? null);
  return kinds;
}

function kindsOf(name: string): FieldKinds | undefined {
  for (let from = name[0] === ' ' ? 1 : 0; ; ) {
    const kinds = kindsOfWritten(name.slice(from));
    if (kinds !== undefined) return kinds;
    const blank = name.indexOf(' ', from);
    if (blank === -1) return undefined;
    from = blank + 1;
  }
}

function onlyDigits(text: string, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** Where the word begins that ends here. */
function wordStart(text: string, end: number, floor: number): number {
  let start = end;
  while (start > floor) {
    const code = text.charCodeAt(start - 1);
    if (!isLetterOrDigit(code) && code !== 0x5f && code !== 0x2d && code !== 0x27) break;
    start--;
  }
  return start;
}

// Quotes, backslash, blank, asterisk (bold in Markdown) between a name and its colon.
const BETWEEN: ReadonlySet<number> = new Set([0x22, 0x27, 0x5c, 0x20, 0x2a, 0xa0]);
const PUNCTUATION: ReadonlySet<number> = new Set(
  [...'\u00a0\u00ab\u00bb\u201c\u201d\u201e\u3000\u3001\u3002\uff0c\uff1a\uff1b'].map((sign) =>
    sign.charCodeAt(0),
  ),
);

function isLetterOrDigit(code: number): boolean {
  if (code >= 0x80) return !PUNCTUATION.has(code);
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2e
  );
}

const LEADING = codes(' *\t\u00a0\\\u3000');
const QUOTES = codes(`"'\`\u201c\u201e`);
const QUOTE_ENDS = codes(`"'\`\u201d\u201c\n\\`);

function codes(signs: string): ReadonlySet<number> {
  return new Set(Array.from(signs, (sign) => sign.charCodeAt(0)));
}

function valueAfter(text: string, from: number): Span {
  let start = from;
  // Markdown may close its bold here, a quoted JSON its quotes' backslash.
  const last = Math.min(text.length, from + 6);
  while (start < last && LEADING.has(text.charCodeAt(start))) start++;
  const most = Math.min(text.length, start + MAX_VALUE);
  if (start < most && QUOTES.has(text.charCodeAt(start))) {
    let close = start + 1;
    while (close < most && !QUOTE_ENDS.has(text.charCodeAt(close))) close++;
    return trimmed(text, start + 1, close);
  }
  return trimmed(text, start, valueEnd(text, start, most));
}

const [COMMA, SEMICOLON] = [0x2c, 0x3b];

function trimmed(text: string, from: number, to: number): Span {
  let [start, end] = [from, to];
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isTail(text.charCodeAt(end - 1))) end--;
  return { start, end };
}

function isSpace(code: number): boolean {
  return (letterKind(code) & SPACE) !== 0;
}

function isTail(code: number): boolean {
  return isSpace(code) || code === COMMA || code === SEMICOLON;
}
