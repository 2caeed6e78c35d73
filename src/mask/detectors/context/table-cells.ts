import type { Span } from '../../detector.ts';
import { type HeadingLine, headingLines } from './heading-lines.ts';
import { letterKind, SPACE } from './letter-kind.ts';
import { cellEnd, innerEnd, innerStart, isTableLine } from './table-line.ts';

/** A cell of a table in a text, with what its column's heading says about it. */
export interface TableCell<Kind> extends Span {
  readonly kinds: Kind;
}

/** What a column's heading says, with the headings of all columns. */
type KindOf<Kind> = (heading: string, headings: readonly string[]) => Kind | undefined;

/** Says of the heading from one place to another whether it may say anything: a glance without making a string. */
type MaySay = (text: string, from: number, to: number) => boolean;

/** What one line after the other is read with. */
interface Table<Kind> {
  readonly separator: number;
  /** By the number of the column. */
  readonly kinds: readonly (Kind | undefined)[];
}

/**
 * Cells of tables whose columns have a telling heading: CSV (`,` `;` or tab), Markdown, psql. A table is a
 * line of headings and the lines after it that have as many cells. Lines of over 2,000 characters are none.
 */
export function tableCells<Kind>(
  text: string,
  kindOf: KindOf<Kind>,
  may?: MaySay,
): TableCell<Kind>[] {
  const found: TableCell<Kind>[] = [];
  let from = 0;
  for (const line of headingLines(text)) {
    if (line.start < from) continue;
    const table = tableOf(text, line, kindOf, may);
    if (table !== undefined) from = readRows(text, line.end + 1, table, found);
  }
  return found;
}

function tableOf<Kind>(
  text: string,
  { start, end, separator }: HeadingLine,
  kindOf: KindOf<Kind>,
  may: MaySay | undefined,
): Table<Kind> | undefined {
  if (may !== undefined && !anyMay(text, { start, end, separator }, may)) return undefined;
  const names: string[] = [];
  for (let from = start; from <= end; ) {
    const to = cellEnd(text, from, end, separator);
    names.push(text.slice(innerStart(text, from, to), innerEnd(text, from, to)));
    from = to + 1;
  }
  const kinds = names.map((name) => (name === '' ? undefined : kindOf(name, names)));
  return kinds.some((kind) => kind !== undefined) ? { separator, kinds } : undefined;
}

function anyMay(text: string, { start, end, separator }: HeadingLine, may: MaySay): boolean {
  for (let from = start; from <= end; ) {
    const to = cellEnd(text, from, end, separator);
    if (may(text, innerStart(text, from, to), innerEnd(text, from, to))) return true;
    from = to + 1;
  }
  return false;
}

/** Reads the lines from a place on that are rows of a table; says where the first line begins that is none. */
function readRows<Kind>(
  text: string,
  place: number,
  table: Table<Kind>,
  found: TableCell<Kind>[],
): number {
  let start = place;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (!isTableLine(start, end)) return start;
    if (!isRule(text, start, end) && readRow(text, start, end, table, found) < 2) return start;
    start = end + 1;
  }
  return start;
}

/** How many cells a line has, which count only if there are as many as headings. */
function readRow<Kind>(
  text: string,
  start: number,
  end: number,
  { separator, kinds }: Table<Kind>,
  found: TableCell<Kind>[],
): number {
  const before = found.length;
  let count = 0;
  for (let from = start; from <= end; count++) {
    const to = cellEnd(text, from, end, separator);
    const kind = kinds[count];
    if (kind !== undefined) {
      const cell = {
        kinds: kind,
        start: innerStart(text, from, to),
        end: innerEnd(text, from, to),
      };
      if (cell.end > cell.start) found.push(cell);
    }
    from = to + 1;
  }
  if (count !== kinds.length) found.length = before;
  return count;
}

const RULE = new Uint8Array(2 ** 7);
for (const sign of ' \t\r\v\f|+:=-') RULE[sign.charCodeAt(0)] = 1;
const RULE_BEGINNING: ReadonlySet<number> = new Set([0x20, 0x2b, 0x2d, 0x3a, 0x3d, 0x7c]);

/** The line between headings and rows. */
function isRule(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < RULE.length ? RULE[code] !== 1 : (letterKind(code) & SPACE) === 0) return false;
  }
  return end > start && RULE_BEGINNING.has(text.charCodeAt(start));
}
