import { windowAfter, windowBefore } from './context-window.ts';
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

/** Looks at the words of a text. */
export interface Context<Topic extends string> {
  /** What the words around a stretch speak of. */
  (text: string, start: number, end: number, field?: string): Surroundings<Topic>;
  /** True where a word of the topic stands anywhere in the text or in the field's name. */
  mentions(text: string, topic: Topic, field?: string): boolean;
}

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
const NOTHING = { near: [], label: [] };

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
  const fields = new Map<string, readonly Topic[]>();
  let lastText = '';
  let marks: readonly Mark<Topic>[] = [];
  let cursor = 0;
  let cells: readonly TableCell<readonly Topic[]>[] = [];
  let seen = new Map<number, Surroundings<Topic>>();
  let mentioned: ReadonlySet<Topic> = new Set();
  const read = (text: string): void => {
    if (text === lastText) return;
    marks = vocabulary.marks(text);
    seen = new Map();
    cursor = 0;
    cells = marks.length > 0 ? cellsOf(vocabulary, text) : [];
    mentioned = new Set(marks.flatMap((mark) => mark.topics));
    lastText = text;
  };
  const around = (
    text: string,
    start: number,
    end: number,
    field?: string,
  ): Surroundings<Topic> => {
    read(text);
    cursor = firstFrom(marks, start - BEFORE, cursor);
    const mark = marks[cursor];
    const far = mark === undefined || mark.start >= end + AFTER;
    const words = far ? NOTHING : lookAround(marks, cursor, seen, text, start, end);
    const found = cells.length > 0 ? withColumn(words, cells, start, end) : words;
    if (field === undefined) return found;
    return withField(found, fieldTopics(vocabulary, fields, field), text, start, end);
  };
  const mentions = (text: string, topic: Topic, field?: string): boolean => {
    read(text);
    if (mentioned.has(topic)) return true;
    return field !== undefined && fieldTopics(vocabulary, fields, field).includes(topic);
  };
  return Object.assign(around, { mentions });
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
): TableCell<readonly Topic[]>[] {
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
  const marks = vocabulary.marks(field, Math.min(field.length, MAX_FIELD));
  const topics = marks.flatMap((mark) => mark.topics);
  if (fields.size >= MAX_FIELDS) fields.clear();
  if (field.length <= MAX_FIELD) fields.set(field, topics);
  return topics;
}

function lookAround<Topic extends string>(
  marks: readonly Mark<Topic>[],
  first: number,
  seen: Map<number, Surroundings<Topic>>,
  text: string,
  start: number,
  end: number,
): Surroundings<Topic> {
  const known = seen.get(start);
  if (known) return known;
  const near: Topic[] = [];
  let label: readonly Topic[] = [];
  let named = -1;
  const from = windowBefore(text, start, BEFORE);
  const until = windowAfter(text, end, AFTER);
  for (let i = first; i < marks.length; i++) {
    const mark = marks[i];
    if (!mark || mark.start >= until) break;
    const before = mark.end <= start;
    if (mark.start < from || (!before && (mark.start < end || mark.end > until))) continue;
    near.push(...mark.topics);
    if (!before) continue;
    label = mark.end === named ? [...label, ...mark.topics] : mark.topics;
    named = mark.end;
  }
  if (label.length > 0 && !onlyFillers(text, named, start)) label = [];
  const around = near.length === 0 ? NOTHING : { near, label };
  seen.set(start, around);
  return around;
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

/**
 * The first mark that begins at a place or behind it; mostly where the last one was, or not far
 * behind it.
 */
function firstFrom(marks: readonly Mark<string>[], place: number, last: number): number {
  let low = last > 0 && (marks[last - 1]?.start ?? 0) < place ? last : 0;
  let high = marks.length;
  if (low === last && (marks[low]?.start ?? place) >= place) return low;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.start ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
