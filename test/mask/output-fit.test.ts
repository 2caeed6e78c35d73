import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitOutput } from '../../src/mask/fit/output-fit.ts';
import { compileOutputSchema } from '../../src/mask/fit/output-schema.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

const budget = () => ({ left: 300_000 });

const fitting = (schema: JsonObject, masked: Json) => {
  const compiled = compileOutputSchema(schema);
  return compiled && fitOutput(compiled, masked, budget());
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
    expect(schema?.complaints(`${'a'.repeat(50_000)}!`, budget())).toHaveLength(1);
  });

  it('that says draft 7 is read so', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'array',
      items: [{ type: 'number' }],
    };
    expect(compileOutputSchema(schema)?.complaints(['x'], budget())).toHaveLength(1);
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

describe('a schema that asks for too much work', () => {
  const nested = (depth: number): Json => (depth === 0 ? 1 : { a: nested(depth - 1) });
  const twice = { type: 'object', properties: { a: { $ref: '#/$defs/n' } } };
  const doubling = { $ref: '#/$defs/n', $defs: { n: { anyOf: [twice, twice] } } };
  const hostile: readonly (readonly [string, JsonObject, Json])[] = [
    ['twice for each step of the way down', doubling, nested(40)],
    ['twice for each step, at its root', { anyOf: Array(2).fill({ type: 'object', properties: { a: { $ref: '#' } } }) }, nested(60)],
    ['of itself without end', { $ref: '#/$defs/n', $defs: { n: { $ref: '#/$defs/n' } } }, 1],
    ['of each of many elements', { items: { anyOf: Array.from({ length: 900 }, (_, n) => ({ const: n })) } }, Array(100_000).fill('x')],
    ['of each of many elements, with constants', { items: { enum: Array.from({ length: 9_000 }, (_, n) => n) } }, Array(100_000).fill('x')],
    ['for all that is wrong', { items: { required: Array.from({ length: 2_000 }, (_, n) => `m${n}`) } }, Array(10_000).fill({})],
    ['with a large pattern', { pattern: '(?:a?){500}b' }, 'a'.repeat(1_000_000)],
    ['in an example', { $ref: 'urn:x', examples: { $id: 'urn:x', anyOf: Array(2).fill({ type: 'object', properties: { a: { $ref: 'urn:x' } } }) } }, nested(40)],
    ['again and again', { allOf: Array(900).fill({ uniqueItems: true }) }, Array.from({ length: 50_000 }, (_, n) => n)],
  ]; // biome-ignore format: cases stand in lines

  it.each(hostile)('%s is not told all that is wrong', (_, schema, value) => {
    const compiled = compileOutputSchema(schema);
    expect(compiled).toBeDefined();
    expect(compiled?.fits(value, budget()) ?? false).toBe(false);
    expect(compiled?.complaints(value, budget())).toBeUndefined();
  });

  const many = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`p${n}`, { $ref: '#/$defs/d' }])); // biome-ignore format: one line says it
  const large = { anyOf: Array.from({ length: 80 }, (_, n) => ({ const: n })) };

  it('is compiled once for all that refer to it', () => {
    const schema = { properties: many, $defs: { d: large } };
    expect(compileOutputSchema(schema)?.fits({ p1: 1 }, budget())).toBe(true);
  });

  it.each([
    ['takes data for a schema by a detour', { properties: { properties: { enum: { not: {} } }, a: { $ref: '#/properties/properties/enum' } } }],
    ['has very many parts', { properties: { ...many, more: { allOf: Array(200).fill({}) } } }],
    ['takes data for a schema', { const: { anyOf: [{ $ref: '#/const' }, { $ref: '#/const' }] }, $ref: '#/const' }],
    ['is very deep', JSON.parse(`${'{"not":'.repeat(6_000)}{}${'}'.repeat(6_000)}`)],
  ])('can not be compiled where it %s', (_, schema) => {
    expect(compileOutputSchema(schema as JsonObject)).toBeUndefined();
  }); // biome-ignore format: cases stand in lines

  it('may name a member as it likes', () => {
    const schema = {
      properties: { enum: { type: 'string' }, const: { $ref: '#/properties/enum' } },
    };
    const compiled = compileOutputSchema(schema);
    expect(compiled?.fits({ enum: 'a', const: 'b', 'sallyport:work': 1 }, budget())).toBe(true);
    expect(compiled?.fits({ const: 1 }, budget())).toBe(false);
  });
});
