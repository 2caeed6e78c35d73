import { windowAfter, windowBefore } from './context-window.ts';
import { MarkedText } from './marked-text.ts';
import { type TableCell, tableCells } from './table-cells.ts';
import { type Mark, Vocabulary } from './vocabulary.ts';
import { wordAt } from './word-at.ts';

/** What the key words near a stretch speak of. */
export interface Surroundings<Topic extends string> {
  /**
   * Topics with a word near the stretch, in front of it or right behind it, in its column's
   * heading, or in the field's name.
   */
  readonly near: readonly Topic[];
  /**
   * Topics of the word that names the stretch: `order no. 123`, or the name of a field that holds
   * nothing else.
   */
  readonly label: readonly Topic[];
}

/** What the words around a stretch of a text speak of. */
export type Context<Topic extends string> = (
  text: string,
  start: number,
  end: number,
  field?: string,
) => Surroundings<Topic>;

// Words that may stand between a key word and its value: "order no. is 123".
const FILLERS = new Set(
  (
    'a an the of is was no nr num number numbers numero nummer numer nro id ids code value digits ' +
    'ist est es er is on at to my her his your our und and or y et de du del la le'
  ).split(' '),
);
const BEFORE = 64;
const AFTER = 24;
const MAX_FIELD = 128;
const MAX_FIELDS = 512;
const NO_CELLS: readonly TableCell<never>[] = [];
const NOTHING: Surroundings<never> = { near: [], label: [] };

/**
 * A reader of context for key words by topic. Words of a phrase may be parted by blanks, `_`, `-`,
 * camel case, or nothing (`social security` is found in `socialSecurityNo`); case, accents and a
 * plural `s` don't count.
 *
 * In front it sees up to 64 characters, behind up to 24: no further than the line, the `name:
 * value` in front, or another number that words part from the stretch. The key words of a text are
 * looked up once, whoever asks, so the time is linear in its length.
 *
 * @param table phrases by topic: a list, or parted by `|`
 */
export function contextOf<Topic extends string>(
  table: Readonly<Record<Topic, readonly string[] | string>>,
): Context<Topic> {
  const vocabulary = new Vocabulary(table);
  const marked = new MarkedText(vocabulary);
  const fields = new Map<string, readonly Topic[]>();
  let lastText = '';
  let cells: readonly TableCell<readonly Topic[]>[] = [];
  let [lastStart, lastEnd] = [-1, -1];
  let lastWords: Surroundings<Topic> = NOTHING;
  return (text, start, end, field) => {
    // Around what is the whole of a text stands nothing.
    if (end - start === text.length) {
      return field === undefined ? NOTHING : wholeOf(fieldTopics(vocabulary, fields, field));
    }
    if (text !== lastText) {
      marked.read(text);
      cells = cellsOf(vocabulary, text);
      lastStart = -1;
      lastText = text;
    }
    if (start !== lastStart || end !== lastEnd) {
      lastWords = lookAround(marked, text, start, end);
      [lastStart, lastEnd] = [start, end];
    }
    const found = cells.length > 0 ? withColumn(lastWords, cells, start, end) : lastWords;
    if (field === undefined) return found;
    return withField(found, fieldTopics(vocabulary, fields, field), text, start, end);
  };
}

function wholeOf<Topic extends string>(named: readonly Topic[]): Surroundings<Topic> {
  return named.length === 0 ? NOTHING : { near: named, label: named };
}

function withField<Topic extends string>(
  around: Surroundings<Topic>,
  named: readonly Topic[],
  text: string,
  start: number,
  end: number,
): Surroundings<Topic> {
  if (named.length === 0) return around;
  // A field's name says what its whole value is, and only that some of a long text may be it.
  const whole = text.length - (end - start) <= 2;
  const label = whole ? [...around.label, ...named] : around.label;
  return { near: [...around.near, ...named], label };
}

/** Cells of tables below a heading with a key word. */
function cellsOf<Topic extends string>(
  vocabulary: Vocabulary<Topic>,
  text: string,
): readonly TableCell<readonly Topic[]>[] {
  if (!text.includes('\n')) return NO_CELLS;
  return tableCells(text, (heading) => {
    const topics = vocabulary.marks(heading).flatMap((mark) => mark.topics);
    return topics.length > 0 ? topics : undefined;
  });
}

/** A column's heading says what its cells are. */
function withColumn<Topic extends string>(
  around: Surroundings<Topic>,
  cells: readonly TableCell<readonly Topic[]>[],
  start: number,
  end: number,
): Surroundings<Topic> {
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[middle]?.end ?? 0) < end) low = middle + 1;
    else high = middle;
  }
  const cell = cells[low];
  if (!cell || cell.start > start) return around;
  const label = around.label.length > 0 ? around.label : cell.kinds;
  return { near: [...around.near, ...cell.kinds], label };
}

function fieldTopics<Topic extends string>(
  vocabulary: Vocabulary<Topic>,
  fields: Map<string, readonly Topic[]>,
  field: string,
): readonly Topic[] {
  const known = fields.get(field);
  if (known) return known;
  const marks = vocabulary.marks(field, 0, Math.min(field.length, MAX_FIELD));
  const topics = marks.flatMap((mark) => mark.topics);
  if (fields.size >= MAX_FIELDS) fields.clear();
  if (field.length <= MAX_FIELD) fields.set(field, topics);
  return topics;
}

function lookAround<Topic extends string>(
  marked: MarkedText<Topic>,
  text: string,
  start: number,
  end: number,
): Surroundings<Topic> {
  const first = marked.blockOf(start - BEFORE);
  if (!hasMark(marked, first, start - BEFORE, end + AFTER, text.length)) return NOTHING;
  const near: Topic[] = [];
  let label: readonly Topic[] = [];
  let named = -1;
  const from = windowBefore(text, start, BEFORE);
  const until = windowAfter(text, end, AFTER);
  for (let block = first; marked.begin(block) < until; block++) {
    const marks = marked.marks(block);
    for (let i = firstFrom(marks, from); i < marks.length; i++) {
      const mark = marks[i] as Mark<Topic>;
      if (mark.start >= until) break;
      const before = mark.end <= start;
      if (mark.start < from || (!before && (mark.start < end || mark.end > until))) continue;
      near.push(...mark.topics);
      if (!before) continue;
      label = mark.end === named ? [...label, ...mark.topics] : mark.topics;
      named = mark.end;
    }
  }
  if (label.length > 0 && !onlyFillers(text, named, start)) label = [];
  return near.length === 0 ? NOTHING : { near, label };
}

/** True where a key word begins between two places: a quick "no" to most of what is asked about. */
function hasMark(
  marked: MarkedText<string>,
  first: number,
  from: number,
  until: number,
  length: number,
): boolean {
  for (let block = first; ; block++) {
    const marks = marked.marks(block);
    const mark = marks[firstFrom(marks, from)];
    if (mark !== undefined) return mark.start < until;
    if (marked.begin(block + 1) >= Math.min(until, length)) return false;
  }
}

/**
 * True where nothing that counts parts a key word from the stretch: no other word, number or line.
 */
function onlyFillers(text: string, from: number, to: number): boolean {
  if (/\d{4}|\n/.test(text.slice(from, to))) return false;
  for (let word = wordAt(text, from, to); word; word = wordAt(text, word.end, to)) {
    // One letter of a script without blanks is a filler: 号, は, 는.
    if (!FILLERS.has(word.folded) && word.folded.charCodeAt(0) < 0xe00) return false;
  }
  return true;
}

/** The first mark that begins at a place or behind it. */
function firstFrom(marks: readonly Mark<string>[], place: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.start ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
