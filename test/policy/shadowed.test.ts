import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globCovers, globsOverlap } from '../../src/policy/check/glob-cover.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { compileGlob } from '../../src/policy/glob.ts';
import * as arbitrary from '../support/arbitraries.ts';
import { ana, policiesOf, type RuleText, subjectOf } from '../support/policies.ts';

function warnings(rules: readonly RuleText[], ...codes: string[]): string[] {
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', rules });
  const { problems } = compilePolicies([{ file: 'p.yaml', text }]);
  return problems.flatMap(({ code, message }) =>
    codes.includes(code) ? [/"([^"]+)"/.exec(message)?.[1] ?? ''] : [],
  );
}
const shadowed = (...rules: object[]) => warnings(arbitrary.named(rules), 'POLICY_SHADOWED');
const redundant = (...rules: object[]) => warnings(arbitrary.named(rules), 'POLICY_REDUNDANT');
const staff = { 'identity.groups': { contains: 'staff' } };
const small = { 'args.n': { lt: 5 } };

describe('a rule that another always beats is found', () => {
  const block = { on: { tools: ['d*'] }, then: 'block' };
  it.each<[string, object, object]>([
    [
      'the same name',
      { on: { tools: ['drop'] }, then: 'allow' },
      { on: { tools: ['drop'] }, then: 'block' },
    ],
    ['a wider glob', { on: { tools: ['drop', 'd?m*p'] }, then: 'approve', when: staff }, block],
    [
      'its method',
      { on: { tools: ['a'] }, then: 'allow' },
      { on: { methods: ['tools/*'] }, then: 'block' },
    ],
    ['no targets', { on: { resources: ['a://b/*'] }, then: 'allow' }, { then: 'block' }],
    [
      'a folder',
      { on: { resources: ['a://b/*'] }, then: 'allow' },
      { on: { resources: ['a://**'] }, then: 'block' },
    ],
    [
      'some of its conditions',
      { ...block, then: 'allow', when: { ...small, ...staff } },
      { ...block, when: staff },
    ],
    [
      'the same condition, written otherwise',
      { ...block, then: 'allow', when: { all: [staff, small] } },
      { ...block, when: { any: [{ all: [small] }] } },
    ],
    ['an approval', { ...block, then: 'allow', when: staff }, { ...block, then: 'approve' }],
  ])('by %s', (_name, rule, other) => {
    expect(shadowed(rule, other)).toEqual(['r0']);
    expect(shadowed(other, rule)).toEqual(['r1']);
  });

  it.each<[string, object, object]>([
    ['fewer names', { on: { tools: ['drop', 'get'] }, then: 'allow' }, block],
    ['another condition', { ...block, then: 'allow', when: staff }, { ...block, when: small }],
    [
      'more conditions',
      { ...block, then: 'allow', when: staff },
      { ...block, when: { ...staff, ...small } },
    ],
    ['shadow mode', { ...block, then: 'allow' }, { ...block, mode: 'shadow' }],
    [
      'one level of a folder',
      { on: { resources: ['a://**'] }, then: 'allow' },
      { on: { resources: ['a://*'] }, then: 'block' },
    ],
    [
      'an answer',
      { ...block, then: 'allow', when: { 'result.a': { eq: 1 } } },
      { ...block, when: { 'result.a': { eq: 1 } } },
    ],
    [
      'an approval, where it masks',
      { ...block, then: 'allow', mask: { find: 'email' } },
      { ...block, then: 'approve' },
    ],
  ])('not by %s', (_name, rule, other) => {
    expect(shadowed(rule, other)).toEqual([]);
  });
});

describe('a rule that repeats another is found', () => {
  const allow = { on: { tools: ['get_*'] }, then: 'allow' };
  it('once, whichever of two equal ones comes first', () => {
    expect(redundant(allow, allow)).toEqual(['r1']);
    expect(redundant({ ...allow, when: staff }, allow)).toEqual(['r0']);
    expect(redundant(allow, { ...allow, on: { tools: ['get_a', 'get_b'] } })).toEqual(['r1']);
  });

  it('unless it masks, hides, or gives a reason of its own for refusing', () => {
    const block = { ...allow, then: 'block' };
    expect(redundant(allow, { ...allow, mask: { find: 'email' } })).toEqual([]);
    expect(redundant(block, { ...block, denial: 'hide' })).toEqual([]);
    expect(redundant(block, { ...block, on: { tools: ['get_a'] }, reason: 'Not this.' })).toEqual(
      [],
    );
    expect(redundant(allow, { ...allow, reason: 'No matter.' })).toEqual(['r1']);
  });
});

describe('what is reported is certain', () => {
  const call = fc.record({
    name: fc.constantFrom(...arbitrary.toolNames),
    args: arbitrary.args,
    groups: fc.subarray(['analysts', 'dba']),
  });

  it('a shadowed rule never decides, and without a redundant one all is decided alike', () => {
    let found = 0;
    fc.assert(
      fc.property(
        arbitrary.rules,
        fc.array(call, { minLength: 10, maxLength: 10 }),
        (rules, calls) => {
          const never = warnings(rules, 'POLICY_SHADOWED');
          const [twin] = warnings(rules, 'POLICY_REDUNDANT');
          found += never.length + (twin ? 1 : 0);
          const all = policiesOf(rules);
          const fewer = policiesOf(rules.filter(({ id }) => id !== twin));
          for (const { name, args, groups } of calls) {
            const target = { kind: 'tools', name } as const;
            const subject = subjectOf({ args, target, identity: { ...ana, groups } });
            const { effect, rule = '', masks } = all.judge(subject);
            expect(never).not.toContain(rule);
            const without = fewer.judge(subject);
            expect(without.effect).toBe(effect);
            expect(without.masks.length).toBe(masks.length);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(10);
  });

  it('a glob that covers another fits all that it fits, and only globs that overlap fit the same', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 5 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 5 });
    fc.assert(
      fc.property(
        glob,
        glob,
        name,
        fc.constantFrom(undefined, '/' as const),
        (a, b, text, separator) => {
          const [fitsA, fitsB] = [compileGlob(a, separator)(text), compileGlob(b, separator)(text)];
          if (globCovers(a, b, separator) && fitsB) expect(fitsA).toBe(true);
          if (fitsA && fitsB) expect(globsOverlap(a, b, separator)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
