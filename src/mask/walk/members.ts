import type { Json, JsonObject } from '../../model/json.ts';
import { REMOVED } from '../masker.ts';

/**
 * A copy of an object with other values, and other names where some are masked.
 *
 * @param keys the names of its members
 * @param names what takes their place, one for each; undefined: they stay
 * @param values the same for what they hold; what is removed goes with its name
 */
export function rewritten(
  object: JsonObject,
  keys: readonly string[],
  names: readonly string[] | undefined,
  values: readonly (Json | typeof REMOVED)[] | undefined,
): JsonObject {
  if (!names && values && !values.includes(REMOVED)) return withValues(object, keys, values);
  const entries: [string, Json][] = [];
  for (const [index, key] of keys.entries()) {
    const value = values ? (values[index] as Json | typeof REMOVED) : (object[key] as Json);
    if (value !== REMOVED) entries.push([names?.[index] ?? key, value]);
  }
  // Object.fromEntries defines members, so a key named __proto__ stays an ordinary key.
  return Object.fromEntries(names ? apart(entries) : entries);
}

/** A copy keeps the shape of the object, which takes a third of the time of making one of its members. */
function withValues(
  object: JsonObject,
  keys: readonly string[],
  values: readonly (Json | typeof REMOVED)[],
): JsonObject {
  const copy: Record<string, Json> = { ...object };
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const value = values[i] as Json;
    // A member named __proto__ is the copy's own, so this sets it and no prototype.
    if (value !== copy[key]) copy[key] = value;
  }
  return copy;
}

/** Names that became the same by rewriting are numbered, so that no member is lost. */
function apart(entries: readonly [string, Json][]): [string, Json][] {
  const taken = new Map<string, number>();
  return entries.map(([name, value]) => {
    let free = name;
    let number = taken.get(name) ?? 1;
    while (taken.has(free)) free = `${name} (${++number})`;
    // Counting goes on where it ended, or a thousand equal names would take a million steps.
    taken.set(name, number);
    taken.set(free, taken.get(free) ?? 1);
    return [free, value];
  });
}
