import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/document/reader.ts';
import { parseYaml } from '../../src/document/yaml.ts';
import type { Json } from '../../src/model/json.ts';
import { parseJson } from '../../src/model/json.ts';
import type { Rule } from '../../src/policy/ast.ts';
import { possibilities } from '../../src/policy/check/satisfiable.ts';
import { type CompiledCondition, compileCondition } from '../../src/policy/compile-condition.ts';
import { builtIn } from '../../src/policy/detector-names.ts';
import { compileGlob } from '../../src/policy/glob.ts';
import { FALSE, FAULT, type Outcome, TRUE } from '../../src/policy/outcome.ts';
import { parseDocument, parseRule } from '../../src/policy/parse/parse.ts';
import { type Subject, UNAVAILABLE } from '../../src/policy/subject.ts';
import { ana, subjectOf } from '../support/policies.ts';

interface Read {
  readonly rule: Rule;
  readonly holds: CompiledCondition;
}

/** Reads one rule, whether or not it can match. */
function ruleOf(when: object, more: object = {}): Read {
  const rule = { id: 'r', on: { tools: ['*'] }, mask: { find: 'email' }, when, ...more };
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', upstreams: ['d*'], rules: [rule] });
  const reader = new Reader('POLICY');
  const [document] = parseYaml(text, 'p.yaml').documents;
  const policy = document && parseDocument(document, reader);
  const [node] = policy?.rules ?? [];
  const read = policy && node && parseRule(node, policy, reader);
  const holds = read?.when && compileCondition(read.when, reader, builtIn);
  const wrong = reader.problems.filter(
    ({ code, severity }) => severity === 'error' && code !== 'POLICY_TYPE',
  );
  if (!read || !holds || wrong.length > 0) throw new Error(JSON.stringify(wrong));
  return { rule: read, holds };
}

function setOf(when: object, more: object = {}): Outcome {
  const { rule } = ruleOf(when, more);
  return rule.when ? possibilities(rule).of(rule.when) : TRUE;
}
const holdsForNothing = (when: object, more: object = {}) => (setOf(when, more) & TRUE) === 0;

describe('a condition that holds for nothing is found', () => {
  const x = 'args.x';
  it.each<[string, object]>([
    ['a range without numbers', { [x]: { gt: 10, lt: 5 } }],
    ['a range that ends where it begins', { [x]: { gt: 5, lt: 5 } }],
    ['a range of times that ends before it begins', { 'request.time': { gte: 'b', lt: 'a' } }],
    ['a value and not that value', { [x]: { eq: 'a', ne: 'a' } }],
    ['a value that is not in the list', { [x]: { eq: 'a', in: ['b', 'c'] } }],
    ['a list and none of it', { [x]: { in: ['b'], not_in: ['b', 'c'] } }],
    ['something that is there and is not', { [x]: { exists: true, absent: true } }],
    ['nothing, compared', { [x]: { absent: true, eq: 1 } }],
    ['text that is a number', { [x]: { type: 'string', gt: 5 } }],
    ['a number with text in it', { [x]: { type: 'number', starts_with: 'a' } }],
    ['two types', { [x]: { type: 'list', gte: 'a' } }],
    ['a length below nothing', { [x]: { length: { lt: 0 } } }],
    ['a length that is no whole number', { [x]: { length: 1.5 } }],
    ['a length in an empty range', { [x]: { length: { gt: 3, lt: 4 } } }],
    ['text that is longer than itself', { [x]: { eq: 'abc', length: { gt: 3 } } }],
    ['a value that does not begin so', { [x]: { eq: 'abc', starts_with: 'b' } }],
    ['two beginnings', { all: [{ [x]: { starts_with: 'a' } }, { [x]: { starts_with: 'b' } }] }],
    ['two ends', { all: [{ [x]: { ends_with: 'ab' } }, { [x]: { ends_with: 'b/' } }] }],
    ['a value that the pattern is not found in', { [x]: { in: ['a', 'b'], matches: '^c' } }],
    ['a value that no glob fits', { [x]: { eq: 'a', glob: ['b*', 'c?'] } }],
    ['a path outside', { [x]: { eq: '/etc/passwd', path_within: '/srv' } }],
    ['an element of an empty list', { [x]: { length: 0, some: { eq: 1 } } }],
    ['an element that holds for nothing', { [x]: { some: { gt: 2, lt: 1 } } }],
    ['a full list of such elements', { [x]: { length: { gt: 0 }, every: { gt: 2, lt: 1 } } }],
    ['parts of all that contradict', { all: [{ [x]: { eq: 1 } }, { [x]: { eq: 2 } }] }],
    ['a part deep inside', { [x]: { eq: 1 }, any: [{ [x]: { eq: 2 } }, { [x]: { gt: 3 } }] }],
    [
      'any of which every branch contradicts itself',
      { any: [{ [x]: { gt: 1, lt: 0 } }, { 'args.y': { eq: 1, ne: 1 } }] },
    ],
    ['not what always is so', { not: { any: [{ [x]: 'absent' }, { [x]: 'exists' }] } }],
    ['the same path in other words', { [x]: { eq: 1 }, 'args["x"]': { eq: 2 } }],
    ['many values of which none can be', { 'args.**': { gt: 2, lt: 1 } }],
    ['groups compared as one value', { 'identity.groups': { eq: 'analysts' } }],
    ['groups in a list', { 'identity.groups': { in: ['analysts', 'dba'] } }],
    ['a subject that is a number', { 'identity.sub': { gt: 5 } }],
    ['a subject that is not there', { 'identity.sub': 'absent' }],
    ['a tool with a URI', { 'target.uri': { starts_with: 'file:' } }],
    ['another method', { 'request.method': { eq: 'prompts/get' } }],
    ['an upstream that the document is not for', { 'request.upstream': { eq: 'crm' } }],
  ])('%s', (_name, when) => {
    expect(holdsForNothing(when)).toBe(true);
  });

  it.each<[string, object, object]>([
    ['a name outside the globs', { 'target.name': { eq: 'drop' } }, { tools: ['q*', 'list'] }],
    [
      'a beginning that no name has',
      { 'target.name': { starts_with: 'q' } },
      { tools: ['a', 'b'] },
    ],
  ])('%s', (_name, when, on) => {
    expect(holdsForNothing(when, { on })).toBe(true);
  });
});

describe('a condition that holds for something is left alone', () => {
  it.each<[string, object]>([
    ['a range of one', { 'args.x': { gte: 5, lte: 5 } }],
    ['between two numbers', { 'args.x': { gt: 1, lt: 2 } }],
    ['a length from 1 on', { 'args.x': { type: 'list', length: { gte: 1, lte: 20 } } }],
    ['an integer in a range', { 'args.x': { type: 'integer', gt: 1.5, lt: 2.5 } }],
    [
      'a longer beginning',
      { all: [{ 'args.x': { starts_with: '/a' } }, { 'args.x': { starts_with: '/a/b' } }] },
    ],
    ['a list without bad elements', { 'args.x': { every: { gt: 2, lt: 1 } } }],
    ['another value of many', { all: [{ 'args.x[*]': { eq: 1 } }, { 'args.x[*]': { eq: 2 } }] }],
    ['a group', { 'identity.groups': { contains: 'analysts', none: { eq: 'guests' } } }],
    ['one of two', { any: [{ 'args.x': { eq: 1 } }, { 'args.x': { gt: 2, lt: 1 } }] }],
    ['a time of the day', { 'request.time': { matches: 'T09:', gte: '2026' } }],
  ])('%s', (_name, when) => {
    expect(holdsForNothing(when)).toBe(false);
  });
});

it("keeps in mind that what can't be judged is not false", () => {
  expect(setOf({ 'args.x': { gt: 10, lt: 5 } })).toBe(FALSE | FAULT);
  expect(setOf({ 'identity.groups': { eq: 'a' } })).toBe(FAULT);
  expect(setOf({ 'identity.sub': { eq: 'a', ne: 'a' } })).toBe(FALSE);
});

function isAbout({ on }: Rule, { target, request }: Subject): boolean {
  if (!on) return true;
  return on.some(({ kind, globs }) => {
    const name = kind === 'methods' ? request.method : target.name;
    if (kind !== 'methods' && kind !== target.kind) return false;
    return globs.some((glob) => compileGlob(glob, kind === 'resources' ? '/' : undefined)(name));
  });
}

describe('what is reported is certain', () => {
  const big = '12345678901234567890123';
  const scalars = [
    0,
    1,
    2,
    1.5,
    5,
    -1,
    1e300,
    'a',
    'b',
    'ab',
    'abc',
    '',
    'b/',
    'é',
    null,
    true,
    false,
  ];
  const scalar = fc.constantFrom<string | number | boolean | null>(...scalars);
  const text = fc.constantFrom('', 'a', 'ab', 'b', 'abc', 'b/');
  const number = fc.constantFrom(-1, 0, 1, 1.5, 2, 3);
  const bound = fc.oneof(number, text);
  const leaf = fc.oneof(
    fc.tuple(fc.constantFrom('eq', 'ne'), scalar),
    fc.tuple(fc.constantFrom('in', 'not_in'), fc.array(scalar, { minLength: 1, maxLength: 3 })),
    fc.tuple(fc.constantFrom('gt', 'gte', 'lt', 'lte'), bound),
    fc.tuple(
      fc.constantFrom('starts_with', 'ends_with', 'glob'),
      fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 2 })),
    ),
    fc.tuple(fc.constant('path_within'), fc.constantFrom('a', 'ab', '/')),
    fc.tuple(fc.constant('matches'), fc.constantFrom('^a', 'b$', '^$', '.')),
    fc.tuple(fc.constant('contains'), scalar),
    fc.tuple(
      fc.constant('length'),
      fc.oneof(
        number,
        fc.dictionary(fc.constantFrom('gt', 'lt', 'ne', 'eq'), number, { minKeys: 1 }),
      ),
    ),
    fc.tuple(
      fc.constant('type'),
      fc.constantFrom('string', 'number', 'integer', 'list', 'object', 'null', 'boolean'),
    ),
    fc.tuple(fc.constantFrom('exists', 'absent'), fc.constant(true)),
    fc.tuple(fc.constant('detects'), fc.constant('email')),
    fc.tuple(fc.constant('url_host'), fc.constant('*a')),
  );
  const flat = fc
    .array(leaf, { minLength: 1, maxLength: 3 })
    .map((uses) => Object.fromEntries(uses));
  const quantified = fc.tuple(fc.constantFrom('every', 'some', 'none'), flat);
  const uses = fc
    .array(
      fc.oneof({ weight: 5, arbitrary: leaf as fc.Arbitrary<[string, unknown]> }, quantified),
      { minLength: 1, maxLength: 4 },
    )
    .map((list) => Object.fromEntries(list) as object);
  const path = fc.constantFrom(
    'args.x',
    'args.x',
    'args.x',
    'args.y',
    'args.x[*]',
    'args.**',
    'args.x.y',
    'target.name',
    'target.uri',
    'request.method',
    'request.upstream',
    'identity.groups',
    'identity.email',
    'identity.sub',
    'tool.annotations.title',
  );
  const condition = fc.letrec<{ any: object }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 2 },
      {
        weight: 4,
        arbitrary: fc
          .array(fc.tuple(path, uses), { minLength: 1, maxLength: 2 })
          .map((tests) => Object.fromEntries(tests) as object),
      },
      tie('any').map((not) => ({ not })),
      fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    ),
  })).any;
  const values: Json[] = [
    ...scalars,
    3,
    'abcd',
    'ba',
    'a\u0000',
    parseJson(big),
    parseJson(`1.${'0'.repeat(30)}1`),
    [],
    ['a'],
    [1, 'ab'],
    ['b', null, 2],
    {},
    { y: 'a' },
    { y: 1, z: 2 },
  ];
  const target = fc.constantFrom<Partial<Subject> & { method: string }>(
    { method: 'tools/call', target: { kind: 'tools', name: 'a' } },
    { method: 'tools/call', target: { kind: 'tools', name: 'abc' } },
    { method: 'resources/read', target: { kind: 'resources', name: 'b/' } },
    { method: 'prompts/get', target: { kind: 'prompts', name: 'ab' } },
    { method: 'roots/list', target: { kind: 'methods', name: 'roots/list' } },
  );
  const on = fc.constantFrom(
    undefined,
    { tools: ['*'] },
    { tools: ['a'] },
    { tools: ['a*'], prompts: ['ab'] },
    { resources: ['b*'] },
    { methods: ['tools/*'] },
    { methods: ['roots/list'] },
  );
  const subject = fc.record({
    target,
    x: fc.constantFrom(undefined, ...values),
    y: fc.constantFrom(undefined, ...values),
    tool: fc.constantFrom(UNAVAILABLE, { annotations: { title: 'a' } }),
    identity: fc.constantFrom(
      ana,
      { ...ana, sub: 'a', groups: ['a', 'b'] },
      { ...ana, groups: [] },
    ),
    forgotten: fc.constantFrom(false, false, false, true),
  });

  it('no message brings about an outcome that was ruled out', () => {
    let ruledOut = 0;
    fc.assert(
      fc.property(
        condition,
        on,
        fc.array(subject, { minLength: 20, maxLength: 20 }),
        (when, rules, subjects) => {
          const { rule, holds } = ruleOf(
            when,
            rules
              ? { on: rules }
              : { on: { tools: ['*'], resources: ['**'], prompts: ['*'], methods: ['*'] } },
          );
          const set = rule.when ? possibilities(rule).of(rule.when) : 7;
          if ((set & TRUE) === 0) ruledOut++;
          for (const { target: what, x, y, forgotten, ...facts } of subjects) {
            const { method, ...named } = what;
            const args = { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
            const asked = subjectOf({
              ...facts,
              ...named,
              args: forgotten ? UNAVAILABLE : args,
              request: { method },
            });
            if (!isAbout(rule, asked)) continue;
            const came = holds(asked);
            expect(set & came, `${JSON.stringify(when)} came out as ${came}, possible ${set}`).toBe(
              came,
            );
          }
        },
      ),
      { numRuns: 1500 },
    );
    expect(ruledOut).toBeGreaterThan(50);
  });
});
