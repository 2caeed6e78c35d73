import { isList, isObject, type Json, type JsonObject } from '../model/json.ts';

/**
 * What changed in a value: a list with what takes its place, or an object with the patches of those of its members or
 * elements that changed.
 */
export type Patch = readonly [Json] | JsonObject;

/**
 * The difference of a value and a copy of it. What did not change must be the same object in both, so that it costs
 * nothing.
 *
 * @returns undefined where nothing changed
 */
export function patchOf(before: Json, after: Json): Patch | undefined {
  if (before === after) return undefined;
  const names = sharedNames(before, after);
  if (!names) return [after];
  const changes: [string, Json][] = [];
  for (const name of names) {
    const patch = patchOf(childOf(before, name), childOf(after, name));
    if (patch !== undefined) changes.push([name, patch]);
  }
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** A copy of a value with a patch applied. */
export function patched(value: Json, patch: Json): Json {
  if (isList(patch)) return patch[0] ?? null;
  if (!isObject(patch)) throw new TypeError('not a patch');
  if (isList(value)) {
    const copy = [...value];
    for (const name of Object.keys(patch)) {
      copy[Number(name)] = patched(childOf(value, name), patch[name] as Json);
    }
    return copy;
  }
  if (!isObject(value)) throw new TypeError('not what the patch was made for');
  // Object.fromEntries defines members, so a key named __proto__ stays an ordinary key.
  return Object.fromEntries(
    Object.keys(value).map((name): [string, Json] => {
      const below = Object.hasOwn(patch, name) ? patch[name] : undefined;
      const before = value[name] as Json;
      return [name, below === undefined ? before : patched(before, below)];
    }),
  );
}

/** Names or indices, where both values have the same ones in the same order. */
function sharedNames(before: Json, after: Json): readonly string[] | undefined {
  if (isList(before) && isList(after)) {
    return before.length === after.length ? Object.keys(before) : undefined;
  }
  if (!isObject(before) || !isObject(after)) return undefined;
  const names = Object.keys(before);
  const others = Object.keys(after);
  const isSame = names.length === others.length && names.every((name, at) => name === others[at]);
  return isSame ? names : undefined;
}

function childOf(value: Json, name: string): Json {
  return (value as JsonObject)[name] as Json;
}
