import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitOutput } from '../../src/mask/output-fit.ts';
import { compileOutputSchema } from '../../src/mask/output-schema.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

const fitting = (schema: JsonObject, masked: Json) => {
  const compiled = compileOutputSchema(schema);
  return compiled && fitOutput(compiled, masked);
};
const object = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
});

describe('a masked value that its schema refuses', () => {
  it.each<[string, JsonObject, Json, Json]>([
    ['a number goes where it may', { type: 'number' }, '[redacted]', {}],
    ['is null where it may be', { type: ['number', 'null'] }, '****', { v: null }],
    [
      'a text is one of its format',
      { type: 'string', format: 'email' },
      '[redacted:email]',
      { v: 'redacted@redacted.invalid' },
    ],
    ['a text is cut', { type: 'string', maxLength: 4 }, '[redacted]', { v: '[red' }],
    [
      'a text fits a pattern',
      { type: 'string', pattern: '^\\d{3}$', maxLength: 3 },
      '[redacted]',
      { v: '000' },
    ],
    ['one of some words goes', { enum: ['a', 'b'] }, '[redacted]', {}],
    [
      'a date is none that could be',
      { type: 'string', format: 'date' },
      '1980',
      { v: '0001-01-01' },
    ],
    ['a choice is taken', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, '*', { v: null }],
  ])('%s', (_name, schema, masked, expected) => {
    expect(fitting(object({ v: schema }), { v: masked })?.value).toEqual(expected);
  });

  it.each<[string, JsonObject, Json, Json]>([
    ['a number', { type: 'number', minimum: 10 }, '[redacted]', 10],
    ['an integer above a bound', { type: 'integer', exclusiveMinimum: 3, multipleOf: 5 }, '*', 5],
    ['a number between', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, '*', 0.5],
    ['a truth', { type: 'boolean' }, '[redacted]', false],
    ['a list', { type: 'array', items: { type: 'number' } }, '[redacted]', []],
  ])('must stay: %s', (_name, schema, masked, expected) => {
    const fitted = fitting(object({ v: schema }, ['v']), { v: masked });
    expect(fitted).toMatchObject({ value: { v: expected }, places: ['v'] });
  });

  it('comes back where it was removed and must be', () => {
    expect(fitting(object({ v: { type: 'number' } }, ['v']), {})?.value).toEqual({ v: 0 });
    expect(fitting({ ...object({}, ['v']) }, {})?.value).toEqual({ v: '[redacted]' });
  });

  it('loses members under names that masks have changed', () => {
    const strict = { ...object({ a: { type: 'number' } }), additionalProperties: false };
    expect(fitting(strict, { a: 1, '[redacted:email]': 2 })?.value).toEqual({ a: 1 });
  });

  it('has each element of a list once where the schema says so', () => {
    const list = object({ v: { type: 'array', uniqueItems: true } }, ['v']);
    expect(fitting(list, { v: ['*', 'a', '*'] })?.value).toEqual({ v: ['*', 'a'] });
  });

  it('is mended in every row alike', () => {
    const rows = {
      type: 'array',
      items: object({ id: {}, pay: { type: 'number' } }, ['id', 'pay']),
    };
    const masked = { rows: Array.from({ length: 3 }, (_, id) => ({ id, pay: '****' })) };
    expect(fitting(object({ rows }), masked)).toMatchObject({
      value: { rows: [0, 1, 2].map((id) => ({ id, pay: 0 })) },
      places: ['rows[0].pay', 'rows[1].pay', 'rows[2].pay'],
    });
  });

  it('takes what is around it away where nothing else fits', () => {
    const inner = object({ v: { const: 'x' } }, ['v']);
    expect(fitting(object({ inner, kept: {} }), { inner: { v: '*' }, kept: 1 })?.value).toEqual({
      kept: 1,
    });
    expect(fitting(object({ v: { const: 'x' } }, ['v']), { v: '*' })).toBeUndefined();
  });
});

describe('a schema', () => {
  it('that fetches, or never ends, or is too long, is none that can be checked', () => {
    expect(compileOutputSchema({ $ref: 'https://example.com/schema.json' })).toBeUndefined();
    expect(compileOutputSchema({ type: 'nonsense' })).toBeUndefined();
    expect(compileOutputSchema({ description: 'x'.repeat(70_000) })).toBeUndefined();
  });

  it('has patterns that take linear time', () => {
    const schema = compileOutputSchema({ type: 'string', pattern: '^(a+)+$' });
    expect(schema?.complaints(`${'a'.repeat(50_000)}!`)).toHaveLength(1);
  });

  it('that says draft 7 is read so', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'array',
      items: [{ type: 'number' }],
    };
    expect(compileOutputSchema(schema)?.complaints(['x'])).toHaveLength(1);
  });
});

const leaf = fc.constantFrom<JsonObject>(
  { type: 'number', minimum: 5 },
  { type: 'integer', multipleOf: 3 },
  { type: 'string', format: 'email' },
  { type: 'string', maxLength: 3 },
  { type: ['string', 'null'], format: 'date' },
  { type: 'boolean' },
  { anyOf: [{ type: 'number' }, { type: 'string', format: 'uuid' }] },
);
const rows = fc.record({
  fields: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), leaf, { minKeys: 1 }),
  required: fc.subarray(['a', 'b', 'c', 'd']),
  masked: fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.constantFrom<Json>('[redacted]', '*', null, 7),
  ),
});

it('what fits in the end fits for a client that checks with the same library', () => {
  fc.assert(
    fc.property(rows, ({ fields, required, masked }) => {
      const known = required.filter((name) => Object.hasOwn(fields, name));
      const schema = { ...object(fields, known), additionalProperties: false };
      const fitted = fitting(schema, masked);
      expect(fitted).toBeDefined();
      const ajv = new Ajv2020({ strict: false });
      formats.default(ajv as never);
      expect(ajv.validate(schema, fitted?.value)).toBe(true);
    }),
  );
});
