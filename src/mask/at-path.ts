import { DEEP, EACH, type PathSegment } from '../model/decision.ts';
import { isList, isObject, type Json, type JsonObject, member, withMember } from '../model/json.ts';
import { hidesMembers, parseJsonText, writeJsonText } from './json-text.ts';

/** Gives what takes the place of a value. */
export type Replace = (value: Json) => Json;

/**
 * A copy of a value with everything at a path replaced, or the value itself where nothing is there. A step into a
 * string goes into the JSON that it holds.
 */
export function replaceAt(
  value: Json,
  path: readonly PathSegment[],
  replace: Replace,
  from = 0,
): Json {
  const step = path[from];
  if (step === undefined) return replace(value);
  if (typeof value === 'string') {
    const inner = parseJsonText(value);
    if (inner === undefined)
      return step === DEEP ? replaceAt(value, path, replace, from + 1) : value;
    const changed = replaceAt(inner, path, replace, from);
    // The first of two members of one name may be what the path means, and a reader of the text sees it.
    return changed === inner && !hidesMembers(value, inner) ? value : writeJsonText(changed, value);
  }
  const below = (child: Json, next: number) => replaceAt(child, path, replace, next);
  if (step === DEEP) {
    if (!isList(value) && !isObject(value)) return below(value, from + 1);
    const deeper = eachChild(value, (child) => below(child, from));
    return from + 1 === path.length ? deeper : below(deeper, from + 1);
  }
  if (step === EACH) return eachChild(value, (child) => below(child, from + 1));
  if (typeof step === 'number') {
    return isList(value)
      ? eachChild(value, (c, i) => (i === step ? below(c, from + 1) : c))
      : value;
  }
  const child = isObject(value) ? member(value, step) : undefined;
  if (child === undefined) return value;
  const changed = below(child, from + 1);
  return changed === child ? value : withMember(value as JsonObject, step, changed);
}

function eachChild(value: Json, change: (child: Json, index: number) => Json): Json {
  if (isList(value)) {
    const copy = value.map(change);
    return copy.some((item, index) => item !== value[index]) ? copy : value;
  }
  if (!isObject(value)) return value;
  const entries = Object.keys(value).map((key, index): [string, Json] => [
    key,
    change(value[key] as Json, index),
  ]);
  return entries.some(([key, item]) => item !== value[key]) ? Object.fromEntries(entries) : value;
}
