/** A number whose digits a double would change; it keeps its source text (ES2025 `JSON.rawJSON`). */
export interface RawNumber {
  readonly rawJSON: string;
}

export interface JsonObject {
  readonly [key: string]: Json;
}

/** A JSON value as the gate holds it: plain data, except that numbers beyond a double are {@link RawNumber}s. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject | RawNumber;

interface RawJsonSupport {
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): Json;
}
const json = JSON as unknown as RawJsonSupport;

/** Text that may hold a number which a double changes: 16 or more digits, a point among them or not, or an exponent. */
const RISKY_NUMBER = /\d(?:\.?\d){15}|\d\.?\d*[eE]/;

/**
 * Parses JSON text. Duplicate keys have one reading (the last), and a number that a double can't hold
 * keeps its source text, so that writing the value again changes nothing it means.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export function parseJson(text: string): Json {
  return RISKY_NUMBER.test(text) ? json.parse(text, keepNumber) : (JSON.parse(text) as Json);
}

// The reviver costs five times a plain parse, which is why only risky text pays for it.
function keepNumber(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  return doubleHolds(value, context.source) ? value : json.rawJSON(context.source);
}

/** IEEE 754 doubles keep every decimal of up to 15 significant digits (DBL_DIG) within their normal range. */
function doubleHolds(value: number, source: string): boolean {
  if (String(value) === source) return true;
  const mantissa = source.replace(/[eE].*$/, '').replace(/[-.]/g, '');
  const digits = withoutZerosAtEnd(mantissa.replace(/^0+/, ''));
  if (digits === '') return true;
  return digits.length <= 15 && Number.isFinite(value) && Math.abs(value) > 1e-290;
}

/** Digits up to the last that is no zero. A pattern would try every zero of the text, and take quadratic time. */
export function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** True of a number that is held as its source text. */
export function isRawNumber(value: Json): value is RawNumber {
  return json.isRawJSON(value);
}

/** True of a JSON object: not null, not a list, not a number held as text. */
export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
  );
}

/** True of a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value of an own member, never one that an object inherits. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The text of a member, or undefined where it is missing or not a string. */
export function textMember(object: JsonObject | undefined, key: string): string | undefined {
  const value = object && member(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** A copy of an object with one member replaced. A key named `__proto__` stays an ordinary key. */
export function withMember(object: JsonObject, key: string, value: Json): JsonObject {
  const copy = { ...object };
  Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
  return copy;
}

/**
 * True when brackets nest deeper than `limit` outside of strings. Checked on the text, before parsing, so that no
 * later recursion can run out of stack.
 */
export function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = endOfString(text, i);
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && precedingBackslashes(text, end) % 2 === 1) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function precedingBackslashes(text: string, index: number): number {
  let count = 0;
  while (text.charCodeAt(index - 1 - count) === 0x5c) count++;
  return count;
}
