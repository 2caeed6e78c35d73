import { isDigit } from './ascii.ts';

const MAX_DIGITS = 15;
const MAX_GAP = 3;
const MOMENT = /^(?:\d\d?:\d\d|(?:19|20)\d\d-\d\d-\d\d|\d\d?[./]\d\d?[./](?:19|20)\d\d)/;
const MOMENT_LENGTH = 10;
const OPENING = 40;
const PLUS = 43;
const HYPHEN = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const BLANK = 32;

/** Digits that gaps part as in phone numbers. */
export interface Series {
  readonly start: number;
  /** Where a number that begins here may end: after each group of digits, at most 15 digits. */
  readonly ends: readonly number[];
  /** Digits up to the last end. */
  readonly digits: number;
  /**
   * The end of all digits that such gaps part, however many: no number begins within what was
   * looked at.
   */
  readonly past: number;
}

/**
 * Reads groups of digits from a place on, parted by blanks, hyphens, dots, slashes and parentheses,
 * up to three of them together. Undefined where no digit comes. A group that begins a time of day
 * (`12:30`) or a date (`2026-11-21`) is not part of it.
 */
export function seriesAt(text: string, start: number): Series | undefined {
  const ends: number[] = [];
  let i = start;
  if (text.charCodeAt(i) === OPENING) i++;
  if (text.charCodeAt(i) === PLUS) i++;
  if (text.charCodeAt(i) === OPENING) i++;
  let digits = 0;
  for (;;) {
    const from = i;
    while (isDigit(text.charCodeAt(i))) i++;
    if (i === from) break;
    const moment = momentEnd(text, from, i);
    if (moment > i) return { start, ends, digits, past: ends.length > 0 ? from : moment };
    if (digits + i - from > MAX_DIGITS) return { start, ends, digits, past: groupsEnd(text, i) };
    digits += i - from;
    ends.push(i);
    const next = gapEnd(text, i);
    if (next === i || !isDigit(text.charCodeAt(next))) break;
    i = next;
  }
  return ends.length === 0 ? undefined : { start, ends, digits, past: i };
}

/**
 * Where the digits end that go on after a series became too long: none of them is looked at twice.
 */
function groupsEnd(text: string, from: number): number {
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

/** Where the date or time of day ends that begins with a group of digits, or the group's end. */
function momentEnd(text: string, from: number, end: number): number {
  const after = text.charCodeAt(end);
  const year = end - from === 4 && after === HYPHEN;
  if (!year && (end - from > 2 || !(after === COLON || after === DOT || after === SLASH)))
    return end;
  return from + (MOMENT.exec(text.slice(from, from + MOMENT_LENGTH))?.[0].length ?? end - from);
}

function isGap(code: number): boolean {
  return code === 32 || code === 45 || code === 46 || code === 47 || code === 40 || code === 41;
}
