import { isList, type Json, type JsonObject } from '../../model/json.ts';
import { isTokenText, tokenAddress } from '../token/token-text.ts';

/** What may take the place of a masked value that its schema refuses: a value, or nothing at all. */
export type StandIn = { readonly value: Json } | 'drop';

const DROP: StandIn = 'drop';

/** Texts that nobody takes for data, for the formats that schemas ask for (JSON Schema 2020-12, section 7.3). */
const formatted: Readonly<Record<string, string>> = {
  email: 'redacted@redacted.invalid',
  'idn-email': 'redacted@redacted.invalid',
  hostname: 'redacted.invalid',
  'idn-hostname': 'redacted.invalid',
  uri: 'urn:redacted:value',
  iri: 'urn:redacted:value',
  'uri-reference': 'redacted',
  'iri-reference': 'redacted',
  'uri-template': 'redacted',
  url: 'https://redacted.invalid',
  uuid: '00000000-0000-0000-0000-000000000000',
  ipv4: '0.0.0.0',
  ipv6: '::',
  date: '0001-01-01',
  time: '00:00:00Z',
  'iso-time': '00:00:00Z',
  'date-time': '0001-01-01T00:00:00Z',
  'iso-date-time': '0001-01-01T00:00:00Z',
  duration: 'P0D',
  'json-pointer': '/redacted',
  'relative-json-pointer': '0',
  byte: 'cmVkYWN0ZWQ=',
  regex: 'redacted',
};

/**
 * What could take the place of a masked value by the schema that refuses it, the most honest first: a text that says
 * what it is, null, nothing; a number that looks like data comes last. Not all of them need fit.
 */
export function standInsFor(schema: JsonObject, masked?: Json): readonly StandIn[] {
  const types = isList(schema.type) ? schema.type : [schema.type];
  const may = (type: string) => types.includes(type) || schema.type === undefined;
  return [
    ...tokensFor(schema, masked),
    ...(may('string') ? textsFor(schema).map((value) => ({ value })) : []),
    { value: null },
    DROP,
    ...(may('number') || may('integer') ? numbersFor(schema).map((value) => ({ value })) : []),
    ...(may('boolean') ? [{ value: false }, { value: true }] : []),
    ...(may('array') ? [{ value: [] }] : []),
    ...(may('object') ? [{ value: {} }] : []),
  ];
}

/** A token goes on to be one where the schema asks for an address. */
function tokensFor({ format }: JsonObject, masked: Json | undefined): StandIn[] {
  const isAddress = format === 'email' || format === 'idn-email';
  const isToken = typeof masked === 'string' && isTokenText(masked);
  return isAddress && isToken ? [{ value: tokenAddress(masked) }] : [];
}

function textsFor({ format, minLength, maxLength }: JsonObject): string[] {
  const least = typeof minLength === 'number' ? Math.min(minLength, 1_024) : 0;
  const most = typeof maxLength === 'number' ? maxLength : 1_024;
  const words = typeof format === 'string' && Object.hasOwn(formatted, format) ? [format] : [];
  const plain = ['[redacted]', 'redacted', 'X'.repeat(least), 'x'.repeat(least), '0'.repeat(least)];
  const sized = plain.map((text) => text.slice(0, most).padEnd(least, '*'));
  // Patterns of fixed length take digits, letters or both, most often.
  const filled = most <= 64 ? ['0', 'X', 'x', '*'].map((one) => one.repeat(most)) : [];
  return [...words.map((word) => formatted[word] ?? ''), ...new Set([...sized, ...filled])];
}

function numbersFor(schema: JsonObject): number[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1;
  const low = numberOr(exclusiveMinimum, numberOr(minimum));
  const high = numberOr(exclusiveMaximum, numberOr(maximum));
  const above = (Math.floor(low / step) + 1) * step;
  const below = (Math.ceil(high / step) - 1) * step;
  const numbers = [0, minimum, Math.ceil(low / step) * step, above, maximum, below];
  const between = [(low + high) / 2, low + 0.5, high - 0.5];
  return [...new Set([...numbers, ...between].filter(isNumber))];
}

function numberOr(value: Json | undefined, otherwise = Number.NaN): number {
  return typeof value === 'number' ? value : otherwise;
}

function isNumber(value: Json | undefined): value is number {
  return Number.isFinite(value);
}
