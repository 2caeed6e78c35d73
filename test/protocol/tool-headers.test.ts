import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeader } from '../../src/protocol/headers.ts';
import {
  mismatchedParam,
  paramHeaders,
  type ToolHeader,
  toolHeadersOf,
} from '../../src/protocol/tool-headers.ts';

const region = { type: 'string', 'x-mcp-header': 'Region' };
const object = (properties: object, more: object = {}) =>
  ({ type: 'object', properties, ...more }) as never;

describe('a header value', () => {
  it('carries any text there and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const header = encodeHeader(text);
        expect(header).toMatch(/^[\x20-\x7e]*$/);
        expect(header).toBe(header.trim());
        expect(decodeHeader(header)).toBe(text);
      }),
    );
  });

  it.each([
    ['us-west1', 'us-west1'],
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ])('is encoded as the specification says: %j', (text, header) => {
    expect(encodeHeader(text)).toBe(header);
    expect(decodeHeader(header)).toBe(text);
  });

  it.each([
    '=?base64?SGVsbG8?=',
    '=?base64?SGVs!!!bG8=?=',
    '=?base64?/w==?=',
    'gr\u00fcn',
    'a\u0000',
  ])('is malformed: %j', (header) => expect(decodeHeader(header)).toBeUndefined());

  it.each(['SGVsbG8=', '=?base64?SGVsbG8=', '=?BASE64?SGVsbG8=?=', 'a\tb', '=?base64?='])(
    'is what it says: %j',
    (header) => expect(decodeHeader(header)).toBe(header),
  );
});

describe('annotations of a schema', () => {
  it('are found wherever properties alone lead', () => {
    const schema = object({
      region,
      deep: object({ id: { type: 'integer', 'x-mcp-header': 'Id' } }),
      'x-mcp-header': { type: 'string' },
      plain: { type: 'string', default: { 'x-mcp-header': 'no annotation' } },
    });
    expect(toolHeadersOf(schema)).toEqual({
      headers: [
        { header: 'mcp-param-region', path: ['region'] },
        { header: 'mcp-param-id', path: ['deep', 'id'] },
      ],
    });
  });

  it.each([
    ['at the root', { type: 'string', 'x-mcp-header': 'Root' }],
    ['under items', object({ list: { type: 'array', items: region } })],
    ['under items of properties', object({ list: { items: object({ region }) } })],
    ['under anyOf', object({ a: { anyOf: [{}, region] } })],
    ['under if', object({}, { if: object({ region }) })],
    ['under $defs', object({}, { $defs: { region } })],
    ['under patternProperties', object({}, { patternProperties: { '^a': region } })],
    ['under additionalProperties', object({}, { additionalProperties: region })],
    ['at a number', object({ a: { type: 'number', 'x-mcp-header': 'A' } })],
    ['at an object', object({ a: { type: 'object', 'x-mcp-header': 'A' } })],
    ['without a type', object({ a: { 'x-mcp-header': 'A' } })],
    ['with an empty name', object({ a: { type: 'string', 'x-mcp-header': '' } })],
    ['with a name of two lines', object({ a: { type: 'string', 'x-mcp-header': 'A\r\nB' } })],
    ['with a name that is no text', object({ a: { type: 'string', 'x-mcp-header': 1 } })],
    [
      'with names alike but for case',
      object({ region, other: { type: 'string', 'x-mcp-header': 'REGION' } }),
    ],
  ])('make the definition invalid %s', (_, schema) => {
    expect(toolHeadersOf(schema as never).problem).toBeTypeOf('string');
  });

  it('are none in what is no schema', () => {
    for (const schema of [undefined, null, true, 'x', []] as never[]) {
      expect(toolHeadersOf(schema)).toEqual({ headers: [] });
    }
  });
});

describe('headers of a call', () => {
  const known: readonly ToolHeader[] = [{ header: 'mcp-param-x', path: ['a', 'x'] }];
  const agrees = (value: unknown, sent: string | undefined) =>
    mismatchedParam(known, { a: { x: value } } as never, () => sent) === undefined;

  it('say what the arguments say, whatever that is', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.maxSafeInteger());
    fc.assert(
      fc.property(value, (x) => {
        const [name, header] = paramHeaders(known, { a: { x } });
        expect(name).toBe('mcp-param-x');
        expect(agrees(x, header)).toBe(true);
      }),
    );
  });

  it.each([[undefined], [null], [{}], [[]], [2 ** 53]])('say nothing of %j', (x) => {
    expect(paramHeaders(known, { a: { x } } as never)).toEqual([]);
    expect(agrees(x, undefined)).toBe(true);
    expect(agrees(x, 'anything')).toBe(false);
  });

  it('never look beyond the arguments themselves', () => {
    const inherited = [{ header: 'mcp-param-x', path: ['constructor', 'name'] }];
    expect(paramHeaders(inherited, {})).toEqual([]);
    expect(paramHeaders(known, 'text')).toEqual([]);
  });

  it.each([
    [42, '42', true],
    [42, '42.0', true],
    [42, '42.5', false],
    [42, '0x2a', false],
    [42, ' 42', false],
    [42, '', false],
    ['42', '42.0', false],
    [true, 'true', true],
    [true, 'True', false],
    ['a', 'A', false],
    ['a', '=?base64?YQ==?=', true],
    ['', '', true],
    ['a', undefined, false],
  ])('%j beside %j agrees: %s', (value, sent, expected) => {
    expect(agrees(value, sent)).toBe(expected);
  });
});
