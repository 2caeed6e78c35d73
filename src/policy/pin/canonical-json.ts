import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';

/**
 * The one text of a value, whatever the order of its members: RFC 8785 (JCS), so that others can compute it too.
 * A number has the digits of the nearest double, as every reader of JSON sees it, unless it is beyond all doubles.
 */
export function canonicalJson(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalJson).join()}]`;
  if (isRawNumber(value)) {
    const number = Number(value.rawJSON);
    return Number.isFinite(number) ? JSON.stringify(number) : value.rawJSON;
  }
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`);
  return `{${members.join()}}`;
}
