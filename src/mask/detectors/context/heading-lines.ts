import { cellEnd, innerEnd, innerStart, isTableLine } from './table-line.ts';

/** A line that looks like the headings of a table. */
export interface HeadingLine {
  readonly start: number;
  readonly end: number;
  /** The code of what parts the cells. */
  readonly separator: number;
}

const MAX_HEADING = 40;
const HEADING = /^\s*["'`*]{0,2}[\p{L}_][\p{L}\p{M}\p{N} _./()-]*["'`*]{0,2}\s*$/u;
const NONE: readonly HeadingLine[] = [];

let lastText = '';
let lastLines: readonly HeadingLine[] = NONE;

/**
 * Lines with several cells that all look like headings, and something below. What it saw of a text is
 * remembered until it is asked about another, as several detectors read its tables.
 */
export function headingLines(text: string): readonly HeadingLine[] {
  if (text !== lastText) {
    lastLines = linesIn(text);
    lastText = text;
  }
  return lastLines;
}

function linesIn(text: string): readonly HeadingLine[] {
  let found: HeadingLine[] | undefined;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    const separator = isTableLine(start, end) ? separatorOf(text, start, end) : 0;
    if (separator !== 0 && areHeadings(text, start, end, separator)) {
      found ??= [];
      found.push({ start, end, separator });
    }
    start = end + 1;
  }
  return found ?? NONE;
}

const [PARTS, ENDS, DIGIT] = [1, 2, 3];
/** What a character is to a line of headings. `:` `=` `{` `[` `(` stand in none that tells something. */
const ROLE = new Uint8Array(2 ** 16);
for (const sign of '|,;\t') ROLE[sign.charCodeAt(0)] = PARTS;
for (const sign of ':={[(') ROLE[sign.charCodeAt(0)] = ENDS;
ROLE.fill(DIGIT, 0x30, 0x3a);

/** What parts the cells, if the line begins as one of headings does; else 0. */
function separatorOf(text: string, start: number, end: number): number {
  const most = Math.min(end, start + MAX_HEADING + 2);
  for (let i = start; i < most; i++) {
    const code = text.charCodeAt(i);
    const role = ROLE[code] ?? 0;
    if (role === 0) continue;
    if (role === PARTS) return code;
    if (role === ENDS || i < start + 3) return 0;
  }
  return 0;
}

function areHeadings(text: string, start: number, end: number, separator: number): boolean {
  for (let from = start; from <= end; ) {
    const to = cellEnd(text, from, end, separator);
    if (!isHeading(text, innerStart(text, from, to), innerEnd(text, from, to))) return false;
    from = to + 1;
  }
  return true;
}

const [LETTER, WITHIN, AROUND] = [1, 2, 3];
/** ASCII characters that a heading begins with, others that it may have, and those that may stand around. */
const PART = new Uint8Array(2 ** 7);
for (let code = 0x41; code <= 0x5a; code++) PART[code] = PART[code + 0x20] = LETTER;
PART[0x5f] = LETTER;
for (const sign of '0123456789 ./()-') PART[sign.charCodeAt(0)] = WITHIN;
for (const sign of '"\'`*\t\r\v\f') PART[sign.charCodeAt(0)] = AROUND;

/** An empty cell is one as well. */
function isHeading(text: string, start: number, end: number): boolean {
  if (end === start) return true;
  if (end - start > MAX_HEADING) return false;
  if (PART[text.charCodeAt(start)] === WITHIN) return false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    const part = code < PART.length ? PART[code] : AROUND;
    if (part === 0) return false;
    // Quotes and other scripts are rare enough for the form itself.
    if (part === AROUND) return HEADING.test(text.slice(start, end));
  }
  return true;
}
