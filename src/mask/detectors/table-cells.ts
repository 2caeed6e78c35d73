import type { Span } from '../detector.ts';

/** A cell of a table in a text, with what its column's heading says about it. */
export interface TableCell<Kind> extends Span {
  readonly kinds: Kind;
}

const MAX_LINE = 2_000;
const MAX_HEADING = 40;
const HEADING = /^\s*["'`*]{0,2}[\p{L}_][\p{L}\p{M}\p{N} _./()-]*["'`*]{0,2}\s*$/u;
const RULE = /^[\s|+:=-]+$/;

interface Table<Kind> {
  readonly separator: string;
  /** By the number of the column. */
  readonly kinds: readonly (Kind | undefined)[];
}

/**
 * Cells of tables whose columns have a telling heading: CSV (`,` `;` or tab), Markdown, psql. A table is a
 * line of headings and the lines after it that have as many cells. Lines of over 2,000 characters are none.
 */
export function tableCells<Kind>(
  text: string,
  kindOf: (heading: string) => Kind | undefined,
): TableCell<Kind>[] {
  const found: TableCell<Kind>[] = [];
  let table: Table<Kind> | undefined;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (end === text.length && table === undefined) break;
    table = nextLine(text, { start, end }, table, kindOf, found);
    start = end + 1;
  }
  return found;
}

/** Reads a line as a row of the table that is open, or as headings of one; says which table is open then. */
function nextLine<Kind>(
  text: string,
  line: Span,
  table: Table<Kind> | undefined,
  kindOf: (heading: string) => Kind | undefined,
  found: TableCell<Kind>[],
): Table<Kind> | undefined {
  if (line.end - line.start > MAX_LINE) return undefined;
  if (table !== undefined) {
    if (RULE_BEGINNING.has(text.charCodeAt(line.start)) && isRule(text, line)) return table;
    const before = found.length;
    const cells = eachCell(text, line, table.separator, (index, from, to) => {
      const kinds = table.kinds[index];
      if (kinds === undefined) return;
      const cell = inner(text, from, to);
      if (cell.end > cell.start) found.push({ kinds, start: cell.start, end: cell.end });
    });
    if (cells !== table.kinds.length) found.length = before;
    if (cells > 1) return table;
  }
  return tableOf(text, line, kindOf);
}

const RULE_BEGINNING: ReadonlySet<number> = new Set([0x20, 0x2b, 0x2d, 0x3a, 0x3d, 0x7c]);

function isRule(text: string, { start, end }: Span): boolean {
  return RULE.test(text.slice(start, end));
}

function tableOf<Kind>(
  text: string,
  line: Span,
  kindOf: (heading: string) => Kind | undefined,
): Table<Kind> | undefined {
  const separator = separatorOf(text, line);
  if (separator === undefined) return undefined;
  const kinds: (Kind | undefined)[] = [];
  let headings = true;
  eachCell(text, line, separator, (_, from, to) => {
    if (!headings) return;
    const { start, end } = inner(text, from, to);
    const heading = text.slice(start, Math.min(end, start + MAX_HEADING + 1));
    headings = heading.length <= MAX_HEADING && (heading === '' || HEADING.test(heading));
    kinds.push(heading === '' ? undefined : kindOf(heading));
  });
  if (!headings) return undefined;
  return kinds.some((kind) => kind !== undefined) ? { separator, kinds } : undefined;
}

/** What parts the cells, if the line begins as one of headings does. */
function separatorOf(text: string, { start, end }: Span): string | undefined {
  const most = Math.min(end, start + MAX_HEADING + 2);
  for (let i = start; i < most; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x7c || code === 0x2c || code === 0x3b || code === 0x09) return text.charAt(i);
    // `:` `=` `{` `[` `(` and digits stand in no heading that tells something.
    if (code === 0x3a || code === 0x3d || code === 0x7b || code === 0x5b || code === 0x28)
      return undefined;
    if (code >= 0x30 && code <= 0x39 && i < start + 3) return undefined;
  }
  return undefined;
}

/** Calls back with each cell of a line, and says how many there are. */
function eachCell(
  text: string,
  { start, end }: Span,
  separator: string,
  visit: (index: number, from: number, to: number) => void,
): number {
  const sign = separator.charCodeAt(0);
  let count = 0;
  let from = start;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === sign) {
      visit(count++, from, i);
      from = i + 1;
    } else if (code === QUOTE && i === from) {
      const close = text.indexOf('"', i + 1);
      if (close !== -1 && close < end) i = close;
    }
  }
  visit(count++, from, end);
  return count;
}

const QUOTE = 0x22;
/** Blanks, carriage return, and the marks that quote or set off a cell. */
const AROUND: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, QUOTE, 0x2a, 0x60]);

function inner(text: string, from: number, to: number): Span {
  let [start, end] = [from, to];
  while (start < end && AROUND.has(text.charCodeAt(start))) start++;
  while (end > start && AROUND.has(text.charCodeAt(end - 1))) end--;
  return { start, end };
}
