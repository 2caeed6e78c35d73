import { CAPITAL, LETTER, letterKind, MARK, SMALL } from '../context/letter-kind.ts';
import { isBrand } from './brand.ts';
import type { PersonField } from './person-field-names.ts';
import { BRAND, FIRST, FIRST_WORD, flagsAt, LAST, LAST_WORD, THING } from './word-flags.ts';

const MAX_LENGTH = 80;
const MAX_WORDS = 6;
/** What a name may have beside letters: `.` `'` `’` blank `,` `・` `-`. */
const WITHIN: ReadonlySet<number> = new Set([...".'’ ,・-"].map((sign) => sign.charCodeAt(0)));
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  (
    'null none nil na unknown undefined true false string text name anonymous anon guest system admin root test user ' +
    'yes no unassigned nobody self other tbd required optional'
  ).split(' '),
);
const LONGEST_PLACEHOLDER = 10;
const [BLANK, COMMA, STOP, HYPHEN] = [0x20, 0x2c, 0x2e, 0x2d];

// What was told of the words of the value that is looked at.
const seen = { words: 0, capitals: 0, things: false, sure: false, brand: false };

/** True where what a field of such a kind holds, from one place to another, is a person's name by its look. */
export function isPersonValue(
  text: string,
  start: number,
  end: number,
  kind: PersonField,
): boolean {
  if (!isNamelike(text, start, end) || isPlaceholder(text, start, end)) return false;
  readWords(text, start, end);
  const { words, things, sure } = seen;
  if (words > MAX_WORDS) return false;
  if (kind === 'part') return !(things && words > 2);
  if (things || (seen.brand && isBrand(wordsOf(text.slice(start, end))))) return false;
  if (kind === 'any' || words === 1) {
    return sure && (kind === 'role' || words > 1) && isCapital(text.charCodeAt(start));
  }
  return words < MAX_WORDS && (sure || seen.capitals > 1);
}

function isNamelike(text: string, start: number, end: number): boolean {
  if (end === start || end - start > MAX_LENGTH) return false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if ((letterKind(code) & (LETTER | MARK)) !== 0) continue;
    if (i === start || !WITHIN.has(code)) return false;
  }
  return true;
}

function isPlaceholder(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST_PLACEHOLDER) return false;
  return PLACEHOLDERS.has(text.slice(start, end).toLowerCase());
}

function readWords(text: string, start: number, end: number): void {
  seen.words = seen.capitals = 0;
  seen.things = seen.sure = seen.brand = false;
  for (let from = start; from < end; from++) {
    if (isGap(text.charCodeAt(from))) continue;
    let to = from + 1;
    while (to < end && !isGap(text.charCodeAt(to))) to++;
    readWord(text, from, to);
    from = to;
  }
}

function readWord(text: string, from: number, to: number): void {
  const flags = flagsAt(text, from, text.charCodeAt(to - 1) === STOP ? to - 1 : to);
  seen.words++;
  // `Max Ahmed`: what may be a first name too makes no thing.
  if ((flags & (THING | FIRST)) === THING) seen.things = true;
  if (isSure(flags)) seen.sure = true;
  if (isCapital(text.charCodeAt(from))) seen.capitals++;
  if ((flags & BRAND) !== 0) seen.brand = true;
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === HYPHEN) seen.brand = true;
}

function isGap(code: number): boolean {
  return code === BLANK || code === COMMA;
}

function wordsOf(value: string): string[] {
  return value.split(/[ ,]+/).filter((word) => word !== '');
}

/** Letters that have no case count as well. */
function isCapital(code: number): boolean {
  const kind = letterKind(code);
  return (kind & CAPITAL) !== 0 || (kind & SMALL) === 0;
}

/** A name and no word. */
function isSure(flags: number): boolean {
  if ((flags & FIRST) !== 0 && (flags & FIRST_WORD) === 0) return true;
  return (flags & LAST) !== 0 && (flags & LAST_WORD) === 0;
}
