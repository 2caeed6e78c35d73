import { visibleText } from './hidden-characters.ts';

/** Cells of the table that compares two texts word by word; larger texts are shown as replaced. */
export const MAX_CELLS = 250_000;
/** Characters of what stays the same that are shown beside a change. */
const CONTEXT = 24;
/** Characters of one part that came or went. */
const MAX_PART = 240;

interface Room {
  cells: number;
}

interface Part {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/**
 * What changed between two texts, by words on one line: `reads [-a file-]{+everything+}`, hidden characters visible.
 *
 * @param room cells that are left for this text and others; what it takes is taken off
 */
export function textDifference(
  before: string,
  after: string,
  room: Room = { cells: MAX_CELLS },
): string {
  const parts = partsOf(words(before), words(after), room);
  return parts
    .map(({ kind, text }, index) => {
      const shown = visibleText(text);
      if (kind === 'gone') return `[-${cut(shown, MAX_PART)}-]`;
      if (kind === 'new') return `{+${cut(shown, MAX_PART)}+}`;
      return context(shown, index === 0, index === parts.length - 1);
    })
    .join('');
}

/** Its beginning, and how much is left out. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}... (${text.length} characters)`;
}

function context(text: string, first: boolean, last: boolean): string {
  if (text.length <= 2 * CONTEXT) return text;
  const head = first ? '' : text.slice(0, CONTEXT);
  const tail = last ? '' : text.slice(-CONTEXT);
  return `${head}...${tail}`;
}

function words(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

function partsOf(before: readonly string[], after: readonly string[], room: Room): Part[] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const middle = between(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
    room,
  );
  const head: Part = { kind: 'same', text: before.slice(0, start).join('') };
  const tail: Part = { kind: 'same', text: before.slice(before.length - end).join('') };
  return joined([head, ...middle, tail]);
}

/** The longest common part of two lists of words decides what came and what went. */
function between(before: readonly string[], after: readonly string[], room: Room): Part[] {
  const [rows, columns] = [before.length, after.length];
  if (rows * columns > room.cells) {
    return [
      { kind: 'gone', text: before.join('') },
      { kind: 'new', text: after.join('') },
    ];
  }
  room.cells -= rows * columns;
  const common = new Uint32Array((rows + 1) * (columns + 1));
  const at = (row: number, column: number) => common[row * (columns + 1) + column] ?? 0;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      common[row * (columns + 1) + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const parts: Part[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && before[row] === after[column]) {
      parts.push({ kind: 'same', text: before[row++] ?? '' });
      column++;
    } else if (row < rows && (column === columns || at(row + 1, column) >= at(row, column + 1))) {
      parts.push({ kind: 'gone', text: before[row++] ?? '' });
    } else {
      parts.push({ kind: 'new', text: after[column++] ?? '' });
    }
  }
  return parts;
}

/** Neighbours of one kind as one; what went stands before what came. */
function joined(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  let gone = '';
  let came = '';
  const flush = () => {
    if (gone !== '') out.push({ kind: 'gone', text: gone });
    if (came !== '') out.push({ kind: 'new', text: came });
    gone = '';
    came = '';
  };
  for (const [index, { kind, text }] of parts.entries()) {
    const next = parts[index + 1]?.kind ?? 'same';
    // A space between two changes belongs to both: two words changed are one change.
    const isGap = kind === 'same' && /^\s+$/.test(text) && next !== 'same' && gone + came !== '';
    if (kind === 'gone' || isGap) gone += text;
    if (kind === 'new' || isGap) came += text;
    if (kind !== 'same' || isGap || text === '') continue;
    flush();
    const last = out.at(-1);
    if (last?.kind === 'same') out[out.length - 1] = { kind, text: last.text + text };
    else out.push({ kind, text });
  }
  flush();
  return out;
}
