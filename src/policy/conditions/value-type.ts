export type ValueKind = 'text' | 'number' | 'boolean' | 'null' | 'list' | 'object';

/** What is known of the type of a value before any message has come. */
export interface ValueType {
  readonly kind: ValueKind;
  /** Type of the elements of a list. */
  readonly of?: ValueType;
}

export const TEXT: ValueType = { kind: 'text' };
export const NUMBER: ValueType = { kind: 'number' };
export const BOOLEAN: ValueType = { kind: 'boolean' };
export const TEXTS: ValueType = { kind: 'list', of: TEXT };
