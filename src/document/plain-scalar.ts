import type { ScalarNode } from './node.ts';

const words = new Map<string, ScalarNode['value']>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
]);
const DECIMAL = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const RADIX = /^0(?:o[0-7]+|x[\da-fA-F]+)$/;

/** What a scalar without quotes means: YAML 1.2.2, section 10.3.2, the core schema. */
export function plainScalar(text: string): ScalarNode['value'] {
  const first = text.charCodeAt(0);
  // Signs, the point and digits are the only characters up to "9" that a number can begin with.
  if (first <= 0x39 && (DECIMAL.test(text) || RADIX.test(text))) return Number(text);
  const word = words.get(text);
  return word === undefined ? text : word;
}

/** Digits of the longest whole number that is looked at; nobody writes longer ones. */
const MAX_DIGITS = 400;

/** True of a whole number that is written with more digits than a double holds. */
export function isInexact(text: string, value: ScalarNode['value']): boolean {
  if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return false;
  if (!/^[-+]?\d+$/.test(text)) return false;
  return text.length > MAX_DIGITS || BigInt(text.replace(/^\+/, '')) !== BigInt(value);
}
