import { isList, isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { canonicalJson } from './canonical-json.ts';
import { stepTo } from './definition-texts.ts';
import { visibleText } from './hidden-characters.ts';
import { cut, MAX_CELLS, textDifference } from './text-difference.ts';

/** Characters of a value that is shown whole. */
const MAX_VALUE = 160;
/** Characters of a line. */
const MAX_LINE = 600;
/** Texts as short as that are shown before and after. */
const SHORT_TEXT = 40;

/**
 * What differs between two definitions of a tool, a line each, by the path of the member:
 * `inputSchema.properties.to: added {"type":"string"}`. Hidden characters are written out.
 *
 * @param most lines; the last one says how many more there are
 */
export function definitionDifference(
  before: JsonObject,
  after: JsonObject,
  most = Number.POSITIVE_INFINITY,
): string[] {
  const lines = new Lines(most);
  compareObjects(before, after, '', lines);
  const { shown, count } = lines;
  if (count <= most) return shown;
  return [...shown.slice(0, most - 1), `... and ${count - most + 1} more differences`];
}

/** Lines up to a number. What a line says is found out only where it is shown, for an upstream may change everything. */
class Lines {
  readonly shown: string[] = [];
  count = 0;
  /** What the comparison of texts may still cost. */
  readonly room = { cells: MAX_CELLS };
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(line: () => string): void {
    if (this.count++ < this.#most) this.shown.push(cut(line(), MAX_LINE));
  }
}

function compare(before: Json, after: Json, at: string, lines: Lines): void {
  if (isObject(before) && isObject(after)) return compareObjects(before, after, at, lines);
  if (isList(before) && isList(after)) return compareLists(before, after, at, lines);
  if (canonicalJson(before) === canonicalJson(after)) return;
  const long = typeof before === 'string' && typeof after === 'string';
  if (long && before.length + after.length > SHORT_TEXT) {
    lines.add(() => `${at}: ${textDifference(before, after, lines.room)}`);
  } else {
    lines.add(() => `${at}: ${value(before)} -> ${value(after)}`);
  }
}

function compareObjects(before: JsonObject, after: JsonObject, at: string, lines: Lines): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [member(before, key), member(after, key)];
    const inside = visibleText(stepTo(at, key));
    if (old === undefined && now !== undefined) lines.add(() => `${inside}: added ${value(now)}`);
    else if (old !== undefined && now === undefined)
      lines.add(() => `${inside}: removed ${value(old)}`);
    else if (old !== undefined && now !== undefined) compare(old, now, inside, lines);
  }
}

/** Lists of plain values, such as `required` and `enum`, are compared as sets; other lists by place. */
function compareLists(
  before: readonly Json[],
  after: readonly Json[],
  at: string,
  lines: Lines,
): void {
  const isPlain = (item: Json) => !isObject(item) && !isList(item);
  if (![...before, ...after].every(isPlain)) return compareItems(before, after, at, lines);
  const [old, now] = [new Set(before.map(canonicalJson)), new Set(after.map(canonicalJson))];
  const gone = before.filter((item) => !now.has(canonicalJson(item)));
  const came = after.filter((item) => !old.has(canonicalJson(item)));
  for (const item of gone) lines.add(() => `${at}: removed ${value(item)}`);
  for (const item of came) lines.add(() => `${at}: added ${value(item)}`);
  const same = gone.length + came.length === 0;
  if (same && canonicalJson(before) !== canonicalJson(after)) {
    lines.add(() => `${at}: ${value(before)} -> ${value(after)}`);
  }
}

function compareItems(
  before: readonly Json[],
  after: readonly Json[],
  at: string,
  lines: Lines,
): void {
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    const [old, now] = [before[i], after[i]];
    if (old === undefined && now !== undefined) lines.add(() => `${at}[${i}]: added ${value(now)}`);
    else if (old !== undefined && now === undefined)
      lines.add(() => `${at}[${i}]: removed ${value(old)}`);
    else if (old !== undefined && now !== undefined) compare(old, now, `${at}[${i}]`, lines);
  }
}

function value(json: Json): string {
  return cut(visibleText(canonicalJson(json)), MAX_VALUE);
}
