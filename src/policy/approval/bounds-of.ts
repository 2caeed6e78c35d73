import { formatPath } from '../../mask/place/path.ts';
import { isList, isObject, isRawNumber, type Json, type JsonObject } from '../../model/json.ts';

/** Paths have up to 32 steps, and `args` is one. */
const MOST_DEPTH = 30;
const MOST_LEAVES = 100;
const MOST_CHARACTERS = 16_384;

type Step = string | number;

/**
 * The tightest bounds that arguments are within: each of their values, and nothing else. What such bounds leave open
 * is nothing, where they are read as those of a grant are (compileBounds), or with `lengths` as a rule's condition is.
 *
 * @param options.lengths how many members and elements there are is said, too
 * @returns undefined where no condition can say it: too many or too long values, numbers that a double can't hold
 */
export function boundsOf(
  args: Json,
  options: { readonly lengths?: boolean } = {},
): JsonObject | undefined {
  const tests: [string, Json][] = [];
  return say(args, ['args'], tests, options.lengths === true) ? objectOf(tests) : undefined;
}

/** @returns false where it can't be said */
function say(
  value: Json,
  path: readonly Step[],
  tests: [string, Json][],
  lengths: boolean,
): boolean {
  if (path.length > MOST_DEPTH || tests.length >= MOST_LEAVES) return false;
  const add = (test: JsonObject) => tests.push([formatPath(path), test]) > 0;
  if (isRawNumber(value) || isRounded(value)) return false;
  if (!isList(value) && !isObject(value)) {
    return String(value).length <= MOST_CHARACTERS && add({ eq: value });
  }
  const members: (readonly [Step, Json])[] = isList(value)
    ? [...value.entries()]
    : Object.entries(value);
  const type = isList(value) ? 'list' : 'object';
  // No arguments at all are bounds without a test.
  if (members.length === 0 && (path.length > 1 || lengths)) return add({ type, length: 0 });
  if (lengths) add({ length: members.length });
  return members.every(([step, inner]) => say(inner, [...path, step], tests, lengths));
}

function objectOf(tests: readonly (readonly [string, Json])[]): JsonObject | undefined {
  const characters = tests.reduce((sum, test) => sum + JSON.stringify(test).length, 0);
  return characters > MOST_CHARACTERS ? undefined : Object.fromEntries(tests);
}

/** A whole number beyond those that a double tells apart: what is written may be another one. */
function isRounded(value: Json): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}
