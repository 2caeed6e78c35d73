import { formatPath } from '../mask/place/path.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { MemberStats, ValueStats } from './suggest-value.ts';

/** Values that an `in` may have, and how often each must have been seen on average. */
const MAX_IN = 5;
const SEEN_OFTEN = 3;
/** Folders that a path must have in common with others to be a bound. */
const MIN_FOLDERS = 1;

type Steps = readonly string[];

/** Conditions, as they stand in a policy, that hold of every object that was seen. */
export function memberConditions(stats: MemberStats, at: Steps): JsonObject[] {
  return [...stats.byName].flatMap(([name, value]) => {
    const path = [...at, name];
    const conditions = valueConditions(value, path);
    if (value.count === stats.count) return conditions;
    if (conditions.length === 0 || value.masked) return [];
    return [{ any: [{ [formatPath(path)]: 'absent' }, joined(conditions)] }];
  });
}

/** Several conditions as one map: those that share a key stand together below `all`, where the first of them was. */
export function joined(conditions: readonly JsonObject[]): JsonObject {
  const seen = new Map<string, number>();
  for (const key of conditions.flatMap(Object.keys)) seen.set(key, (seen.get(key) ?? 0) + 1);
  const whole: Record<string, Json> = {};
  const alike: JsonObject[] = [];
  for (const condition of conditions) {
    const isAlone = Object.keys(condition).every((key) => seen.get(key) === 1);
    if (isAlone) Object.assign(whole, condition);
    else {
      alike.push(condition);
      whole.all = alike;
    }
  }
  return whole;
}

function valueConditions(value: ValueStats, path: Steps): JsonObject[] {
  const text = formatPath(path);
  if (value.masked) return [{ [text]: 'exists' }];
  const kinds = [...value.kinds].filter((kind) => kind !== 'null');
  if (kinds.length === 0) return [{ [text]: { type: 'null' } }];
  const [kind] = kinds;
  const tests: JsonObject[] = [{ [text]: operatorsOf(value) }];
  if (kinds.length === 1 && kind === 'object' && value.members && !value.members.more) {
    tests.push(...memberConditions(value.members, path));
  }
  if (!value.kinds.has('null')) return tests;
  return [{ any: [{ [text]: { type: 'null' } }, joined(tests)] }];
}

/** Operators that hold of every value that was seen, null left out. */
function operatorsOf(value: ValueStats): JsonObject {
  const kinds = [...value.kinds].filter((kind) => kind !== 'null');
  if (kinds.length !== 1) return { type: kinds.sort() };
  const few = fewValues(value);
  if (few) return { in: few };
  switch (kinds[0]) {
    case 'string':
      return textOperators(value);
    case 'number':
      return value.unbounded
        ? { type: 'number' }
        : {
            type: value.whole ? 'integer' : 'number',
            gte: value.least >= 0 ? 0 : -roundUp(-value.least),
            lte: value.greatest <= 0 ? 0 : roundUp(value.greatest),
          };
    case 'list':
      return { type: 'list', length: { lte: roundUp(value.most) }, ...everyOf(value.elements) };
    default:
      return { type: kinds[0] ?? 'object' };
  }
}

function everyOf(elements: ValueStats | undefined): JsonObject {
  if (!elements || elements.masked || elements.kinds.size === 0 || elements.kinds.has('null')) {
    return {};
  }
  return { every: operatorsOf(elements) };
}

/** One value, or few, that came again and again. */
function fewValues({ values, count, kinds }: ValueStats): Json[] | undefined {
  if (!values || values.size === 0 || values.size > MAX_IN) return undefined;
  if (kinds.has('boolean') && values.size > 1) return undefined;
  return count >= values.size * SEEN_OFTEN ? [...values].sort() : undefined;
}

function textOperators(value: ValueStats): JsonObject {
  const { urls, folder, absolute } = value;
  if (urls && urls.hosts.size > 0) {
    return {
      starts_with: [...urls.schemes].sort().map((scheme) => `${scheme}//`),
      url_host: [...urls.hosts].sort(),
    };
  }
  // The first part of an absolute path is the empty text before its slash.
  const depth = (folder?.length ?? 0) - (absolute ? 1 : 0);
  if (folder && depth >= MIN_FOLDERS) return { path_within: [folder.join('/')] };
  return { type: 'string', length: { lte: roundUp(Math.max(value.longest, 1)) } };
}

/** The next of 1, 2, 5, 10, 20, 50 … */
export function roundUp(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  const bound = Number((step * power).toPrecision(1));
  // At both ends of what a double can hold there is no round number.
  return Number.isFinite(bound) && bound >= value ? bound : value;
}
