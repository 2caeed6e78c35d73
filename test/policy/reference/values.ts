import type { Json } from '../../../src/model/json.ts';

export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'list' | 'object';

/** A number whose digits a double would change keeps them as text. */
export function isRaw(value: unknown): value is { readonly rawJSON: string } {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}

export function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (isRaw(value)) return 'number';
  if (typeof value === 'object') return 'object';
  return typeof value as JsonType;
}

/** The double next to a number. Digits are lost on the way if it is held as text. */
export function doubleOf(value: Json): number {
  return isRaw(value) ? Number(value.rawJSON) : (value as number);
}

export function members(value: Json): readonly [string, Json][] {
  return typeOf(value) === 'object' ? Object.entries(value as object) : [];
}

export function elements(value: Json): readonly Json[] {
  return typeOf(value) === 'list' ? (value as readonly Json[]) : [];
}
