import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
} from '../../../src/model/json.ts';
import { boundsOf } from '../../../src/policy/approval/bounds-of.ts';
import { type Bounds, compileBounds } from '../../../src/policy/bounds.ts';
import { policiesOf, subjectOf } from '../../support/policies.ts';

function bounds(when: JsonObject): Bounds {
  const compiled = compileBounds(when);
  if ('holds' in compiled) return compiled;
  throw new Error(compiled.problems.join('; '));
}
const holds = (when: object, args: Json) => bounds(when as JsonObject).holds(args);

describe('arguments are within bounds', () => {
  const any = { any: [{ 'args.n': { lte: 5 } }, { 'args.n': 'absent' }] };
  it.each<[string, object, Json, boolean]>([
    ['as they are', { 'args.a': { eq: 1 } }, { a: 1 }, true],
    ['another value', { 'args.a': { eq: 1 } }, { a: 2 }, false],
    ['a value that can not be judged', { 'args.a': { lt: 5 } }, { a: '1' }, false],
    ['the same under "not"', { not: { 'args.a': { lt: 5 } } }, { a: '1' }, false],
    ['one less', { 'args.a': { eq: 1 } }, {}, false],
    ['one that nobody has named', { 'args.a': { eq: 1 } }, { a: 1, force: true }, false],
    [
      'one that is named by what is above it',
      { 'args.a': { eq: 1 }, 'args.o': { every: { in: ['x', 'y'] } } },
      { a: 1, o: ['x', 'y'] },
      true,
    ],
    ['a text that says more', { 'args.o': { contains: 'x' } }, { o: 'xy' }, true],
    ['one of many elements', { 'args.o': { contains: 'x' } }, { o: ['x', 'y'] }, false],
    ['some of many elements', { 'args.o': { some: { eq: 'x' } } }, { o: ['x', 'y'] }, false],
    [
      'some of many elements, each of which is bounded as well',
      { 'args.o': { some: { eq: 'x' }, every: { in: ['x', 'y'] } } },
      { o: ['x', 'y'] },
      true,
    ],
    ['what none is', { not: { 'args.l[*].n': { gt: 5 } } }, { l: [{ n: 1 }, { n: 2 }] }, true],
    ['what one is', { not: { 'args.l[*].n': { gt: 5 } } }, { l: [{ n: 1 }, { n: 6 }] }, false],
    [
      'one that is left open',
      { 'args.a': { eq: 1 }, 'args.b': 'exists' },
      { a: 1, b: 'any' },
      true,
    ],
    [
      'more in one that is left open',
      { 'args.a': { eq: 1 }, 'args.b': 'exists' },
      { a: 1, b: { c: 1 } },
      false,
    ],
    ['an empty one that is left open', { 'args.b': 'exists' }, { b: {} }, true],
    [
      'more in one whose inside is left open',
      { 'args.b.**': 'exists' },
      { b: { c: [{ d: 1 }] } },
      true,
    ],
    ['anything', { 'args.**': 'exists' }, { b: { c: [{ d: 1 }] }, e: null }, true],
    ['one that may be left out, there', any, { n: 3 }, true],
    ['one that may be left out, not there', any, {}, true],
    ['one that may be left out, out of bounds', any, { n: 6 }, false],
    ['no arguments', {}, {}, true],
    ['some, where there were none', {}, { a: 1 }, false],
    ['no arguments at all', {}, null, false],
    [
      'elements',
      { 'args.l': { every: { starts_with: '/srv/' } } },
      { l: ['/srv/a', '/srv/b'] },
      true,
    ],
    ['so many elements, whatever they are', { 'args.l': { length: 2 } }, { l: [1, 2] }, false],
    ['elements that are left open', { 'args.l[*]': 'exists' }, { l: [1, 'x'] }, true],
    ['more in them', { 'args.l[*]': 'exists' }, { l: [{ n: 1 }] }, false],
    ['one element of them', { 'args.l[0]': { eq: 1 } }, { l: [1, 2] }, false],
    ['members of a name at any depth', { 'args.**.id': 'exists' }, { a: { id: 1 }, id: 1 }, true],
    ['others beside them', { 'args.**.id': 'exists' }, { a: { id: 1, n: 2 } }, false],
    ['a member with a point in it', { 'args["a.b"]': { eq: 1 } }, { 'a.b': 1 }, true],
    ['a member of a member instead', { 'args["a.b"]': { eq: 1 } }, { a: { b: 1 } }, false],
    ['a name of every object', { 'args.a': { eq: 1 } }, parseJson('{"a":1,"__proto__":2}'), false],
    ['the largest value of many', { 'args.n': { lte: 100 } }, { n: parseJson('1e400') }, false],
  ])('%s: %j', (_name, when, args, wanted) => {
    expect(holds(when, args)).toBe(wanted);
  });

  it('soon, however often "any depth" is said', () => {
    const path = `args${'.**.a'.repeat(15)}`;
    let args: Json = 1;
    for (let depth = 0; depth < 60; depth++) args = { a: args };
    expect(holds({ [path]: 'exists' }, args)).toBe(true);
    expect(holds({ [path]: 'exists' }, { a: args, b: 2 })).toBe(false);
  });
});

describe('the page on the policy language', () => {
  it('shows bounds that can be written', () => {
    const page = readFileSync(
      join(import.meta.dirname, '../../../docs/policy-language.md'),
      'utf8',
    );
    const [, part = ''] = /^### Bounds of a standing grant$(.*?)^## /ms.exec(page) ?? [];
    const written = [...part.matchAll(/^\| `([^`]+)` \|/gm)].map(([, text = '']) => text);
    expect(written.length).toBeGreaterThan(3);
    for (const text of written) expect(compileBounds(parse(text))).toHaveProperty('holds');
  });
});

describe('bounds are refused', () => {
  const nested = Array.from({ length: 16 }).reduce<object>((not) => ({ not }), {
    'args.a': { eq: 1 },
  });
  it.each<[string, object, RegExp]>([
    [
      'on anything but arguments',
      { 'identity.sub': { eq: 'ana' } },
      /"identity.sub" is no argument/,
    ],
    ['on anything else, deep inside', { any: [{ not: { 'result.x': 'exists' } }] }, /"result.x"/],
    ['as an expression', { cel: 'true' }, /cel/],
    ['with an unknown operator', { 'args.a': { equals: 1 } }, /no operator "equals"/],
    ['with an unknown root', { 'arg.a': { eq: 1 } }, /nothing is called "arg.a"/],
    ['with a detector of a policy', { 'args.a': { detects: 'our-ids' } }, /"our-ids"/],
    ['with a pattern that is not linear', { 'args.a': { matches: '(a)\\1' } }, /./],
    ['with nothing to judge', { any: [] }, /nothing to judge/],
    ['on one of many elements', { 'args.l[*]': { lte: 5 } }, /holds where one of them passes/],
    ['on one of many types', { 'args.l[*]': { type: 'number' } }, /one of them passes/],
    ['on one at any depth', { any: [{ 'args.**.id': { eq: 1 } }] }, /one of them passes/],
    ['on one of many, twice negated', { not: { not: { 'args.l[*]': { eq: 1 } } } }, /one of them/],
    [
      'with a number that a double can not hold',
      { 'args.a': { eq: parseJson('12345678901234567891') } },
      /double/,
    ],
    [
      'with very much',
      Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`args.a${n}`, { eq: n }])),
      /more than 200 tests/,
    ],
    [
      'with too many values',
      { 'args.a': { in: Array.from({ length: 2_001 }, (_, n) => n) } },
      /2000 values/,
    ],
    ['with too much text', { 'args.a': { eq: 'x'.repeat(70_000) } }, /65536 characters/],
    ['nested too deeply', nested, /16 levels/],
  ])('%s', (_name, when, problem) => {
    const compiled = compileBounds(when as JsonObject);
    if ('holds' in compiled) throw new Error('they are taken');
    expect(compiled.problems.join('\n')).toMatch(problem);
    expect(compiled.problems.join('\n')).not.toMatch(/when:1/);
  });
});

describe('the tightest bounds', () => {
  it('are the values, and nothing else', () => {
    const args = { sql: 'drop', limit: 5, o: { a: [true, null], 'x.y': '' }, l: [], e: {} };
    expect(boundsOf(args)).toEqual({
      'args.sql': { eq: 'drop' },
      'args.limit': { eq: 5 },
      'args.o.a[0]': { eq: true },
      'args.o.a[1]': { eq: null },
      'args.o["x.y"]': { eq: '' },
      'args.l': { type: 'list', length: 0 },
      'args.e': { type: 'object', length: 0 },
    });
    expect(boundsOf({})).toEqual({});
    expect(boundsOf({ a: { b: 1 } }, { lengths: true })).toEqual({
      args: { length: 1 },
      'args.a': { length: 1 },
      'args.a.b': { eq: 1 },
    });
  });

  it.each<[string, Json]>([
    ['too many values', Array.from({ length: 101 }, (_, n) => n)],
    ['too long a text', { a: 'x'.repeat(20_000) }],
    ['texts that are too long together', { a: 'x'.repeat(9_000), b: 'x'.repeat(9_000) }],
    ['a number that a double can not hold', { a: parseJson('12345678901234567891') }],
    ['too deep a value', Array.from({ length: 40 }).reduce<Json>((inner) => ({ a: inner }), 1)],
  ])('are not told of %s', (_name, args) => {
    expect(boundsOf(args)).toBeUndefined();
  });

  const key = fc.oneof(
    fc.string({ maxLength: 5, unit: 'binary' }),
    fc.constantFrom('a', 'b', '*', '**', '0', '__proto__', 'toString', 'a.b', '["a"]'),
  );
  const { value } = fc.letrec<{ value: Json; tree: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      tie('tree'),
    ),
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .dictionary(key, tie('value'), { maxKeys: 4 })
        .map((made) => JSON.parse(JSON.stringify(made))),
    ),
  }));
  const args = fc
    .dictionary(key, value, { maxKeys: 4 })
    .map((made): JsonObject => JSON.parse(JSON.stringify(made)));
  const others = fc.oneof(
    args,
    args
      .chain((one) => fc.tuple(fc.constant(one), fc.nat(), key, value))
      .map(([one, at, name, put]) => changed(one, at, name, put) as JsonObject),
  );

  /** One place made another: a value replaced, removed, or added. */
  function changed(whole: Json, at: number, name: string, put: Json): Json {
    const keys = isObject(whole) ? Object.keys(whole) : [];
    const inner = keys[at % (keys.length + 1)];
    if (isList(whole)) return at % 2 ? [...whole, put] : whole.slice(1);
    if (!isObject(whole)) return put;
    if (inner === undefined) return { ...whole, [name]: put };
    return { ...whole, [inner]: changed(whole[inner] as Json, at >> 2, name, put) };
  }
  /** What JSON can't tell apart is the same. */
  const text = (json: Json): string => {
    if (isList(json)) return `[${json.map(text)}]`;
    if (!isObject(json)) return JSON.stringify(json);
    return `{${Object.keys(json)
      .sort()
      .map((k) => `${JSON.stringify(k)}:${text(json[k] as Json)}`)}}`;
  };

  it('hold of what they were made of and of nothing else, as those of a grant and as a condition of a rule', () => {
    fc.assert(
      fc.property(
        args,
        fc.array(others, { maxLength: 3 }),
        fc.nat(),
        key,
        value,
        (one, more, at, name, put) => {
          const closed = boundsOf(one);
          const open = boundsOf(one, { lengths: true });
          if (!closed || !open) return fc.pre(false);
          const grant = bounds(closed);
          const rule = { id: 'r', on: { tools: ['query'] }, when: open, then: 'allow' };
          const policies = policiesOf([rule]);
          for (const other of [one, ...more, changed(one, at, name, put) as JsonObject]) {
            const same = text(one) === text(other);
            expect(grant.holds(other)).toBe(same);
            expect(policies.judge(subjectOf({ args: other })).effect).toBe(
              same ? 'allow' : 'block',
            );
          }
        },
      ),
    );
  });
});
