import { isDigit } from '../context/ascii.ts';

const MAX_DIGITS = 15;
const MAX_GAP = 3;
const OPENING = 40;
const CLOSING = 41;
const PLUS = 43;
const HYPHEN = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const BLANK = 32;

/** Digits that gaps part as in phone numbers. */
export interface Series {
  readonly start: number;
  /** How many ends there are. */
  readonly count: number;
  /** Where a number that begins here may end: after each group of digits, at most 15 digits. */
  readonly ends: Int32Array;
  /** Digits up to each end. */
  readonly digitsTo: Uint8Array;
  /** Digits up to the last end. */
  readonly digits: number;
  /**
   * The end of all digits that such gaps part, however many: no number begins within what was
   * looked at.
   */
  readonly past: number;
}

// One series at a time, in the same place each time: most of them are no phone number.
const series = {
  start: 0,
  count: 0,
  ends: new Int32Array(MAX_DIGITS),
  digitsTo: new Uint8Array(MAX_DIGITS),
  digits: 0,
  past: 0,
};
/** Where digits go on after a series that became too long: later series in them end there as well. */
let [longFrom, longEnd] = [0, 0];

/** Another text is looked at. */
export function beginSeries(): void {
  longFrom = 0;
  longEnd = 0;
}

/**
 * Reads groups of digits from a place on, parted by blanks, hyphens, dots, slashes and parentheses,
 * up to three of them together. Undefined where no digit comes. A group that begins a time of day
 * (`12:30`) or a date (`2026-11-21`) is not part of it. Good until the next one is read.
 */
export function seriesAt(text: string, start: number): Series | undefined {
  let i = start;
  if (text.charCodeAt(i) === OPENING) i++;
  if (text.charCodeAt(i) === PLUS) i++;
  if (text.charCodeAt(i) === OPENING) i++;
  let digits = 0;
  let count = 0;
  let past = -1;
  for (;;) {
    const from = i;
    while (isDigit(text.charCodeAt(i))) i++;
    if (i === from) break;
    const moment = momentEnd(text, from, i);
    if (moment > i) {
      past = count > 0 ? from : moment;
      break;
    }
    if (digits + i - from > MAX_DIGITS) {
      past = groupsEnd(text, i);
      break;
    }
    digits += i - from;
    series.digitsTo[count] = digits;
    series.ends[count++] = i;
    const next = gapEnd(text, i);
    if (next === i || !isDigit(text.charCodeAt(next))) break;
    i = next;
  }
  if (count === 0 && past < 0) return undefined;
  series.start = start;
  series.count = count;
  series.digits = digits;
  series.past = past < 0 ? i : past;
  return series;
}

/**
 * Where the digits end that go on after a series became too long: none of them is looked at twice.
 */
function groupsEnd(text: string, from: number): number {
  if (from >= longFrom && from < longEnd) return longEnd;
  longFrom = from;
  longEnd = lastGroupEnd(text, from);
  return longEnd;
}

function lastGroupEnd(text: string, from: number): number {
  let i = from;
  for (;;) {
    while (isDigit(text.charCodeAt(i))) i++;
    const next = gapEnd(text, i);
    if (next - i !== 1 || !isDigit(text.charCodeAt(next))) return i;
    i = next;
  }
}

/** Two blanks part two values. */
function gapEnd(text: string, from: number): number {
  let i = from;
  for (; i - from < MAX_GAP && isGap(text.charCodeAt(i)); i++) {
    if (i > from && text.charCodeAt(i) === BLANK && text.charCodeAt(i - 1) === BLANK) return from;
  }
  return i;
}

/**
 * Where the date or time of day ends that begins with a group of digits, or the group's end:
 * `2026-11-21`, `21.11.2026`, `12:30`.
 */
function momentEnd(text: string, from: number, end: number): number {
  const after = text.charCodeAt(end);
  const size = end - from;
  if (size === 4 && after === HYPHEN) {
    const isDate =
      isYear(text, from) &&
      areDigits(text, end + 1, 2) &&
      text.charCodeAt(end + 3) === HYPHEN &&
      areDigits(text, end + 4, 2);
    return isDate ? end + 6 : end;
  }
  if (size > 2) return end;
  if (after === COLON) return areDigits(text, end + 1, 2) ? end + 3 : end;
  if (after !== DOT && after !== SLASH) return end;
  let i = end + 1;
  if (!isDigit(text.charCodeAt(i))) return end;
  if (isDigit(text.charCodeAt(++i))) i++;
  const next = text.charCodeAt(i);
  return (next === DOT || next === SLASH) && isYear(text, i + 1) ? i + 5 : end;
}

/** True where four digits are a year from 1900 to 2099. */
function isYear(text: string, at: number): boolean {
  const [first, second] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  const isCentury = (first === 49 && second === 57) || (first === 50 && second === 48);
  return isCentury && areDigits(text, at + 2, 2);
}

function areDigits(text: string, at: number, count: number): boolean {
  for (let i = at; i < at + count; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}

function isGap(code: number): boolean {
  if (code > SLASH) return false;
  return (
    code === BLANK ||
    code === HYPHEN ||
    code === DOT ||
    code === SLASH ||
    code === OPENING ||
    code === CLOSING
  );
}
