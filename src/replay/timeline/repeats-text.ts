import { isList, isObject, type Json, parseJson } from '../../model/json.ts';

/**
 * Whether the structured content of a result says what its text says. Servers give both, for clients that can read
 * only one (MCP 2025-06-18, tools): the value as JSON, or the text as the only member of an object.
 */
export function repeatsText(structured: Json, content: Json | undefined): boolean {
  const [only, ...others] = isList(content) ? content : [];
  const said = isObject(only) && others.length === 0 ? only.text : undefined;
  if (typeof said !== 'string') return false;
  const values = isObject(structured) ? Object.values(structured) : [];
  if (values.length === 1 && values[0] === said) return true;
  try {
    return JSON.stringify(parseJson(said)) === JSON.stringify(structured);
  } catch {
    return false;
  }
}
