import type { Json } from '../../../src/model/json.ts';
import { elements, members, typeOf } from './values.ts';

/** A member's name, an index, `*` for each, `**` for any depth. */
export type Step =
  | { readonly name: string }
  | { readonly index: number }
  | { readonly each: true }
  | { readonly deep: true };

/** Nothing is there. */
export const NOTHING = Symbol('nothing');
/** The path can't be followed: what it leads through is of another type. */
export const ASTRAY = Symbol('astray');
export type Reached = Json | typeof NOTHING | typeof ASTRAY;

/** `args.rows[0]["a b"].**` as steps; the first is the name of the root. */
export function stepsOf(path: string): readonly Step[] {
  const steps = known.get(path) ?? read(path);
  known.set(path, steps);
  return steps;
}

const known = new Map<string, readonly Step[]>();

function read(path: string): readonly Step[] {
  const parts = path.match(/"(?:[^"\\]|\\.)*"|\[|\]|\*\*|\*|[^.[\]"]+/g) ?? [];
  return parts.flatMap((part, index): Step[] => {
    const inBrackets = parts[index - 1] === '[';
    if (part === '[' || part === ']') return [];
    if (part === '*') return [{ each: true }];
    if (part === '**') return [{ deep: true }];
    if (part.startsWith('"')) return [{ name: JSON.parse(part) as string }];
    return [inBrackets ? { index: Number(part) } : { name: part }];
  });
}

/** Everything that the steps lead to from here, one entry for each. */
export function follow(from: Reached, steps: readonly Step[]): readonly Reached[] {
  const [step, ...rest] = steps;
  if (!step) return [from];
  if ('deep' in step) return followDeep(from, rest);
  return take(from, step).flatMap((next) => follow(next, rest));
}

/** True where the steps before the first `**` can't be followed; what is below them is another matter. */
export function goesAstrayBeforeDeep(from: Reached, steps: readonly Step[]): boolean {
  const end = steps.findIndex((step) => 'deep' in step);
  return follow(from, steps.slice(0, end)).includes(ASTRAY);
}

/** Names of members at any depth below what the steps before a last `**` lead to. */
export function namesBelow(from: Reached, steps: readonly Step[]): readonly string[] {
  return follow(from, steps.slice(0, -1)).flatMap((top) =>
    inside(top).flatMap((value) => members(value).map(([name]) => name)),
  );
}

function followDeep(from: Reached, rest: readonly Step[]): readonly Reached[] {
  const everywhere = inside(from);
  const [next, ...further] = rest;
  if (!next) return everywhere.filter((value) => !['list', 'object'].includes(typeOf(value)));
  if ('deep' in next) return followDeep(from, further.length ? rest.slice(1) : [next].slice(1));
  // "Every member of that name, however deep": only those that are there.
  const found = everywhere.flatMap((value) => take(value, next)).filter(isThere);
  return found.flatMap((value) => follow(value, further));
}

/** A value and all values below it. */
function inside(value: Reached): readonly Json[] {
  if (!isThere(value)) return [];
  const below = [...elements(value), ...members(value).map(([, member]) => member)];
  return [value, ...below.flatMap(inside)];
}

function isThere(value: Reached): value is Json {
  return value !== NOTHING && value !== ASTRAY;
}

function take(value: Reached, step: Exclude<Step, { deep: true }>): readonly Reached[] {
  // A path that reaches many values reaches none where nothing is.
  if (value === NOTHING && 'each' in step) return [];
  if (!isThere(value)) return [value];
  const type = typeOf(value);
  if ('each' in step) {
    if (type === 'list') return elements(value);
    if (type === 'object') return members(value).map(([, member]) => member);
    return type === 'null' ? [] : [ASTRAY];
  }
  if (type === 'null') return [NOTHING];
  if ('index' in step) {
    if (type !== 'list') return [ASTRAY];
    const list = elements(value);
    return [step.index < list.length ? (list[step.index] as Json) : NOTHING];
  }
  if (type !== 'object') return [ASTRAY];
  const found = members(value).find(([name]) => name === step.name);
  return [found ? found[1] : NOTHING];
}
