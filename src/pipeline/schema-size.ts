import type { JsonObject } from '../model/json.ts';

const sizes = new WeakMap<JsonObject, number>();

/** Characters of a schema's JSON. */
export function schemaSize(schema: JsonObject): number {
  const known = sizes.get(schema);
  if (known !== undefined) return known;
  const size = JSON.stringify(schema).length;
  sizes.set(schema, size);
  return size;
}
