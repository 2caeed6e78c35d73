import { createHash } from 'node:crypto';
import { isList, isObject, type Json } from '../model/json.ts';

/** The text of a value that does not depend on the order of its members. */
export function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`);
  return `{${members.join()}}`;
}

/** SHA-256 of the canonical text, in base64url. */
export function digestOf(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('base64url');
}
