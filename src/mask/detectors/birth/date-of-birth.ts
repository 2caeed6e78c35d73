import type { Detector, Span } from '../../detector.ts';
import { glanceAt } from '../context/glance.ts';
import { letterKind, SPACE } from '../context/letter-kind.ts';
import { type NamedValue, namedValues } from '../context/named-values.ts';
import { Trigrams } from '../context/trigrams.ts';
import { dateAt } from './date-at.ts';

const MAX_BEFORE = 48;
const MAX_AFTER = 24;
/** Words of birth in the languages of Europe and some of Asia, as they stand in lower case. */
const BEFORE = new RegExp(
  [
    '\\bborn\\b|\\bdob\\b|d\\.o\\.b|\\bbirth|\\bb-?day\\b',
    'geboren|geburt|\\bgeb\\.|\\bgebdat',
    '\\bn\u00e9e?(?!\\p{L})|\\bn\u00e9\\(e\\)|naissance|nacid[oa]|nacimiento|nac\\.|naixement',
    "\\bnat[oa] (?:il|a|l\u2019|l')|nascita|nascid[oa]|nascimento|\\bnasc\\.",
    'geboorte|\\burodz|\\bur\\.|\\bf\u00f6dd|f\u00f6delse|\\bf\u00f8dt|f\u00f8dsel|syntym|synt\\.',
    'narozen|\\bnar\\.|narod|do\u011fum|sz\u00fclet|n\u0103scut|na\u0219ter|\u03b3\u03b5\u03bd\u03bd',
    '\u0440\u043e\u0434\u0438\u043b|\u0440\u043e\u0436\u0434\u0435\u043d\u0438|\u043d\u0430\u0440\u043e\u0434\u0436',
    '\u751f\u5e74\u6708\u65e5|\u751f\u65e5|\u51fa\u751f|\u8a95\u751f|\uc0dd\ub144\uc6d4\uc77c|\uc0dd\uc77c',
    '(?:^|[\\s(])\\*\\s?$',
  ].join('|'),
  'u',
);
const AFTER =
  /^[\s,)]*\(?(?:dob\b|d\.o\.b|date of birth|geboren|birth|do\u011fumlu|\u0433\.\s?\u0440|\u0440\u043e\u0434\u0438\u043b|\u751f\u307e\u308c|\u51fa\u751f|\u751f\)|\u0441\u044b\u043d|naissance|nacimiento)/u;
/** What is in every word of `BEFORE`, for a glance at what stands in front of dates: most speak of no birth. */
const IN_BEFORE = new Trigrams(
  (
    'orn dob o.b bir b-d bda geb n\u00e9 nai nac nat nas rod ur. f\u00f6d f\u00f8d ynt nar do\u011f sz\u00fc n\u0103s na\u0219 ' +
    '\u03b3\u03b5\u03bd \u0440\u043e\u0434 \u0440\u043e\u0436 \u751f\u5e74 \u751f\u65e5 \u51fa\u751f \u8a95\u751f \uc0dd\ub144 \uc0dd\uc77c'
  ).split(' '),
);
/** What the words of `AFTER` begin with. */
const BEGINS_AFTER = new Trigrams(
  'dob d.o dat geb bir do\u011f \u0440\u043e\u0434 \u0441\u044b\u043d nai nac'.split(' '),
);
const BEGIN_AFTER: ReadonlySet<number> = new Set(
  [...'\u0433\u0413\u751f\u51fa'].map((letter) => letter.charCodeAt(0)),
);
/** A sentence is over, and what it spoke of. */
const SENTENCE_END = /[.!?]\s+(?=\p{Lu})/u;
const SENTENCE_ENDS = /[.!?]\s+(?=\p{Lu})/gu;
/** The headings of a table, which speak of columns. */
const COLUMNS = /[|,;\t]/;
const [STAR, OPENS, CLOSES, COMMA] = [0x2a, 0x28, 0x29, 0x2c];
const FIRST_YEAR = 1890;
const LAST_YEAR = 2040;

/**
 * Dates of birth: days in the ways that people of many languages write them (`1985-03-12`, `12.3.85`,
 * `March 12, 1985`, `12 de marzo de 1985`, `1985年3月12日`), where a word of birth stands up to 48 characters
 * in front or right behind, or where the field, the form's line or the table's column is called so.
 *
 * It can't know a date of birth that nothing names, one whose word of birth is in another sentence, or
 * dates in words (`the third of May`). A lone year counts only in a field that says year of birth.
 */
export const dateOfBirth: Detector = {
  name: 'date-of-birth',
  needs: { digits: 3 },
  find: findDates,
};

function findDates(text: string, field?: string): Span[] {
  const spans = namedDates(text, field);
  const { numbers, lengths, numberCount } = glanceAt(text);
  let before = 0;
  for (let i = 0; i < numberCount; i++) {
    const index = numbers[i] ?? 0;
    const length = lengths[i] ?? 0;
    if (length > 4 || index < before || isDecimal(text, index)) continue;
    const date = dateAt(text, index, length, before);
    if (date === undefined) continue;
    if (plausible(date.year) && ofBirth(text, date, before)) spans.push(date);
    before = date.end;
  }
  return spans.length > 1 ? inOrder(spans) : spans;
}

/** Digits behind a digit and a full stop go on with a number or a version. */
function isDecimal(text: string, index: number): boolean {
  if (index < 2 || text.charCodeAt(index - 1) !== 0x2e) return false;
  const code = text.charCodeAt(index - 2);
  return code >= 0x30 && code <= 0x39;
}

function plausible(year: number): boolean {
  return year < 100 || (year >= FIRST_YEAR && year <= LAST_YEAR);
}

function ofBirth(text: string, { start, end }: Span, floor: number): boolean {
  const from = Math.max(floor, start - MAX_BEFORE);
  if (mayEndBirth(text, from, start) && bornBefore(text, from, start)) return true;
  return mayBeginBirth(text, end) && AFTER.test(text.slice(end, end + MAX_AFTER).toLowerCase());
}

function mayEndBirth(text: string, from: number, start: number): boolean {
  if (IN_BEFORE.anyIn(text, from, start)) return true;
  let last = start - 1;
  while (last > from && isSpace(text.charCodeAt(last))) last--;
  return last >= from && text.charCodeAt(last) === STAR;
}

function mayBeginBirth(text: string, end: number): boolean {
  const most = Math.min(text.length, end + MAX_AFTER);
  let at = end;
  while (at < most && isGap(text.charCodeAt(at))) at++;
  if (at < most && text.charCodeAt(at) === OPENS) at++;
  if (at + 2 >= most) return at < most && BEGIN_AFTER.has(text.charCodeAt(at));
  return BEGIN_AFTER.has(text.charCodeAt(at)) || BEGINS_AFTER.endsAt(text, at + 3);
}

function isSpace(code: number): boolean {
  return (letterKind(code) & SPACE) !== 0;
}

function isGap(code: number): boolean {
  return code === COMMA || code === CLOSES || isSpace(code);
}

function bornBefore(text: string, begin: number, start: number): boolean {
  const window = text.slice(begin, start);
  const line = window.lastIndexOf('\n');
  if (SENTENCE_END.test(window) || line !== -1) {
    let from = line + 1;
    for (const found of window.matchAll(SENTENCE_ENDS)) {
      from = Math.max(from, found.index + found[0].length);
    }
    const own = window.slice(from);
    // The word may stand alone on the line above: `Date of birth:`.
    const above = own.trim() === '' ? window.slice(0, from).trimEnd() : '';
    const begins = above.lastIndexOf('\n') + 1;
    const heading = begins > 0 || start <= MAX_BEFORE ? above.slice(begins) : '';
    return BEFORE.test((COLUMNS.test(heading) ? own : heading + own).toLowerCase());
  }
  return BEFORE.test(window.toLowerCase());
}

const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const YEAR = /^\d{4}$/;
const FIRST_DIGITS = /\d+/;

function namedDates(text: string, field?: string): Span[] {
  const dates: Span[] = [];
  for (const value of namedValues(text, field)) {
    const date = value.kinds.birth === undefined ? undefined : dateOf(text, value);
    if (date !== undefined) dates.push(date);
  }
  return dates;
}

/** The date that a named value begins with or is. */
function dateOf(text: string, { kinds, start, end }: NamedValue): Span | undefined {
  const value = text.slice(start, end);
  if (YEAR.test(value))
    return kinds.birth === 'year' && plausible(Number(value)) ? { start, end } : undefined;
  const [, year = '', month = '', day = ''] = COMPACT.exec(value) ?? [];
  if (year !== '')
    return isDay(Number(year), Number(month), Number(day)) ? { start, end } : undefined;
  const digits = FIRST_DIGITS.exec(value);
  if (digits === null) return undefined;
  const date = dateAt(text, start + digits.index, digits[0].length, start);
  return date && plausible(date.year) && date.start < start + 12 ? date : undefined;
}

function isDay(year: number, month: number, day: number): boolean {
  return plausible(year) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function inOrder(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (start >= (kept.at(-1)?.end ?? 0)) kept.push({ start, end });
  }
  return kept;
}
