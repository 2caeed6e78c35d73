import type { JsonObject } from '../../model/json.ts';

/** An object with these members and no others. */
export function closed(
  description: string,
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[] = [],
): JsonObject {
  const needed = required.length > 0 ? { required } : {};
  return { description, type: 'object', additionalProperties: false, properties, ...needed };
}

/** The same schema with a description of what it means here. */
export function about(description: string, schema: JsonObject): JsonObject {
  return schema.$ref === undefined ? { description, ...schema } : { description, allOf: [schema] };
}

/** One of something, or a list of them. */
export function oneOrMany(item: JsonObject): JsonObject {
  return { anyOf: [item, { type: 'array', items: item }] };
}

export const TEXT: JsonObject = { type: 'string' };
export const TEXTS = oneOrMany(TEXT);
/** Such as 30s, 15m, 1h, 7d. */
export const DURATION: JsonObject = { type: 'string', pattern: '^[1-9]\\d*[smhd]$' };
