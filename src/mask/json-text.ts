import { deeperThan, isList, isObject, type Json, parseJson } from '../model/json.ts';

const MAX_DEPTH = 64;

/** The list or object that a text is the JSON of, or undefined where it is anything else. */
export function parseJsonText(text: string): Json | undefined {
  const first = text.trimStart()[0];
  if ((first !== '{' && first !== '[') || deeperThan(text, MAX_DEPTH)) return undefined;
  try {
    const value = parseJson(text);
    return isObject(value) || isList(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a changed value back in the manner of the text that it came from: same indentation, same end. */
export function writeJsonText(value: Json, original: string): string {
  const indent = /^\s*[[{]\r?\n([ \t]+)/.exec(original)?.[1];
  const end = /\s*$/.exec(original)?.[0] ?? '';
  return JSON.stringify(value, null, indent) + end;
}
