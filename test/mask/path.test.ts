import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { formatPath, parsePath } from '../../src/mask/place/path.ts';
import { DEEP, EACH, type PathSegment } from '../../src/model/decision.ts';
import { type Json, parseJson } from '../../src/model/json.ts';
import { path, testContext } from '../support/masks.ts';

function steps(text: string): readonly PathSegment[] {
  const path = parsePath(text);
  if (typeof path === 'string') throw new Error(path);
  return path;
}

describe('paths', () => {
  it.each<[string, readonly PathSegment[]]>([
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['a[0].b[12]', ['a', 0, 'b', 12]],
    ['a[*].b', ['a', EACH, 'b']],
    ['a.*', ['a', EACH]],
    ['**.b', [DEEP, 'b']],
    ['a.**', ['a', DEEP]],
    ['a["b.c"]["*"]', ['a', 'b.c', '*']],
    ['a["\\"\\u00e9\\\\"]', ['a', '"\u00e9\\']],
    ['[""]', ['']],
    ['snake_case.kebab-case.3', ['snake_case', 'kebab-case', '3']],
    ['\u00e4.\u{1f600}', ['\u00e4', '\u{1f600}']],
  ])('%j is read', (text, expected) => {
    expect(steps(text)).toEqual(expected);
  });

  it.each([
    '',
    '.',
    '.a',
    'a.',
    'a..b',
    'a[',
    'a[]',
    'a[-1]',
    'a[x]',
    'a[1]b',
    'a b',
    '***',
    "a['b']",
    'a["b]',
    'a["\\q"]',
    'a["\n"]',
    'a["\\ud8"]',
    'a.[0]',
    Array(33).fill('a').join('.'),
  ])('%j is refused with a sentence', (text) => {
    expect(typeof parsePath(text)).toBe('string');
  });

  it('are written as they are read', () => {
    const segment = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.nat(999_999_999),
      fc.constantFrom<PathSegment>(EACH, DEEP),
    );
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });
});

describe('replacing at a path', () => {
  const at = (text: string, value: Json) => {
    const masks = [path(text, { masker: 'replace', value: 'X' })];
    return applyMasks(value, masks, { place: 'data', side: 'result', context: testContext }).value;
  };
  it.each<[string, Json, Json]>([
    ['a', { a: 1, b: 2 }, { a: 'X', b: 2 }],
    ['a.b', { a: { b: { c: 1 } } }, { a: { b: 'X' } }],
    ['a[1]', { a: [1, 2, 3] }, { a: [1, 'X', 3] }],
    ['a[*].b', { a: [{ b: 1 }, { c: 2 }, 3] }, { a: [{ b: 'X' }, { c: 2 }, 3] }],
    ['a.*', { a: { x: 1, y: [2] } }, { a: { x: 'X', y: 'X' } }],
    ['**', { a: [1, { b: 'c' }], d: {} }, { a: ['X', { b: 'X' }], d: {} }],
    ['**.b', { b: 1, a: { b: { b: 2 } } }, { b: 'X', a: { b: 'X' } }],
    ['**.b', [{ b: 1 }, [{ b: 2 }]], [{ b: 'X' }, [{ b: 'X' }]]],
    ['a.b', { a: '{"b":1,"c":2}' }, { a: '{"b":"X","c":2}' }],
    ['a[0].b', { a: '[{"b":"{}"}]' }, { a: '[{"b":"X"}]' }],
    ['**.b', { text: '{\n  "b": 1\n}\n' }, { text: '{\n  "b": "X"\n}\n' }],
  ])('%s of %j', (path, value, expected) => {
    expect(at(path, value)).toEqual(expected);
  });

  it.each<[string, Json]>([
    ['a', { b: 1 }],
    ['a', [1]],
    ['a', 'a'],
    ['a', { a: null }],
    ['a[0]', { a: { 0: 1 } }],
    ['a[5]', { a: [1] }],
    ['a.b', { a: null }],
    ['toString', {}],
    ['__proto__.x', {}],
    ['a.b', { a: 'not json' }],
    ['a.b', { a: '{"c":1}' }],
  ])('%s of %j changes nothing', (path, value) => {
    expect(at(path, value)).toBe(value);
  });

  it('keeps a key named __proto__ an ordinary key', () => {
    const value = parseJson('{"__proto__":{"a":1},"b":2}');
    expect(JSON.stringify(at('__proto__.a', value))).toBe('{"__proto__":{"a":"X"},"b":2}');
    expect(JSON.stringify(at('**.a', value))).toBe('{"__proto__":{"a":"X"},"b":2}');
  });
});
