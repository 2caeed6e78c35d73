import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/model/identity.ts';
import { combine, type Finding } from '../../src/policy/combine.ts';
import { evaluate } from '../../src/policy/compiled-rule.ts';
import { compileGlob } from '../../src/policy/glob.ts';
import { RemainingRules } from '../../src/policy/index/remaining-rules.ts';
import { requirementsOf } from '../../src/policy/index/requirement.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import { type Subject, UNAVAILABLE, UNKNOWN } from '../../src/policy/subject.ts';
import * as arbitrary from '../support/arbitraries.ts';
import { ana, policiesOf, type RuleText, subjectOf } from '../support/policies.ts';

const identities: readonly Identity[] = [
  ana,
  { ...ana, sub: 'bob', groups: ['dba', 'analysts'], claims: {} },
  { sub: 'eve', issuer: 'https://other.test', groups: [], scopes: [], claims: { tier: '2' } },
];

const values = ['a', 'b', '5', 5, 10, true, null];
const value = fc.constantFrom(...values);
/** Conditions by which rules are told apart: facts of the caller, and values that are required. */
const telling = fc.oneof(
  value.map((eq) => ({ 'args.x': { eq } })),
  fc.array(value, { minLength: 1, maxLength: 3 }).map((list) => ({ 'args.x': { in: list } })),
  value.map((eq) => ({ 'args.z': { eq, exists: true } })),
  value.map((eq) => ({ 'args.x.y': { eq } })),
  value.map((ne) => ({ 'args.x': { ne } })),
  fc.constantFrom<object>(
    { 'target.name': { in: ['query', 'drop'] } },
    { 'tool.annotations.readOnlyHint': { eq: true } },
    { 'client.name': { eq: 'inspector' } },
    { 'request.time': { gte: '2026-01-01T12:00:00Z' } },
    { 'request.upstream': { eq: 'db' } },
    { 'request.upstream': { eq: 'other' } },
    { 'identity.sub': { eq: 'bob' } },
    { 'identity.sub': { in: ['ana', 'eve'] } },
    { 'identity.groups': { contains: 'dba' } },
    { 'identity.claims.tier': { gte: 2 } },
    { 'identity.claims.org.unit': { eq: 'orders' } },
    { cel: 'identity.sub == "eve"' },
    { cel: '"dba" in identity.groups && args.x == "a"' },
    { 'result.y': { eq: 'a' } },
    { 'error.code': { eq: 5 } },
  ),
);
const when = fc.oneof(
  fc.array(telling, { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
  fc.tuple(telling, arbitrary.condition).map((all) => ({ all })),
  fc.array(telling, { minLength: 1, maxLength: 2 }).map((any) => ({ any })),
  telling.map((not) => ({ not })),
);
const limit = fc.constantFrom(
  { calls: 5, per: '1h' },
  { calls: 5, per: '1h', by: 'request.upstream' },
);
const rules = fc
  .array(
    fc
      .record({ rule: arbitrary.rule, when, limit: fc.option(limit, { nil: undefined }) })
      .map(({ rule, when, limit }) => {
        const reads = /result|error/.test(JSON.stringify(when));
        const then = rule.then === 'approve' && reads ? 'block' : rule.then;
        return { ...rule, then, when, ...(limit && !reads && then !== 'block' && { limit }) };
      }),
    { maxLength: 24 },
  )
  .map((rules): RuleText[] => arbitrary.named(rules));

const subject = fc
  .record({
    identity: fc.constantFrom(...identities),
    name: fc.constantFrom(...arbitrary.toolNames, 'other'),
    args: fc.oneof(
      arbitrary.args,
      fc.record({ x: value, z: value }, { requiredKeys: [] }),
      fc.constantFrom(UNKNOWN, UNAVAILABLE),
    ),
    hour: fc.constantFrom(11, 12),
    client: fc.constantFrom({}, { name: 'inspector' }),
    result: fc.constantFrom(UNKNOWN, { y: 'a' }, { y: 5 }, {}),
    tool: fc.constantFrom(UNAVAILABLE, { annotations: { readOnlyHint: true } }),
  })
  .map(({ name, hour, ...facts }) =>
    subjectOf({
      ...facts,
      target: { kind: 'tools', name },
      request: { now: Date.UTC(2026, 0, 1, hour) },
    }),
  );

/** What judging every rule gives. */
function slowly(policies: PolicySet, subject: Subject): readonly Finding[] {
  const { target, request } = subject;
  return policies.rules
    .filter(({ on }) => {
      if (!on) return true;
      return on.some(({ kind, globs }) => {
        const name = kind === 'methods' ? request.method : target.name;
        if (kind !== 'methods' && kind !== target.kind) return false;
        return globs.some((glob) => compileGlob(glob)(name));
      });
    })
    .map((rule) => ({ rule, outcome: evaluate(rule, subject) }));
}

describe('the engine', () => {
  it('decides as judging every rule would, in every part of the decision', () => {
    fc.assert(
      fc.property(rules, fc.array(subject, { minLength: 1, maxLength: 6 }), (texts, subjects) => {
        const policies = policiesOf(texts);
        for (const subject of subjects) {
          const findings = slowly(policies, subject);
          // Once as for a caller that is new, once as for one that is known.
          for (let time = 0; time < 2; time++) {
            expect(policies.judge(subject)).toEqual(combine(findings, subject));
          }
          const onResult = findings.some(({ rule }) => rule.readsResult);
          expect(policies.judgeResult(subject)).toEqual(
            onResult ? combine(findings, subject, { granted: true }) : undefined,
          );
        }
      }),
      { numRuns: 120 },
    );
  });

  it('finds the few of many rules that can match, and those that a value of another type makes unsure', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({
      id: `r${i}`,
      when: { 'args.tenant': i % 2 ? { eq: `t${i}` } : { in: [i, `t${i}`] } },
      then: i === 7 ? 'block' : 'allow',
    }));
    const policies = policiesOf(many);
    const judge = (tenant: string | number | boolean) =>
      policies.judge(subjectOf({ args: { tenant } }));
    judge('t0');
    expect(judge('t6')).toMatchObject({ effect: 'allow', matched: ['r6'], unjudged: [] });
    expect(judge(6)).toMatchObject({ effect: 'block', rule: 'r7' });
    expect(judge(6).unjudged).toHaveLength(100);
    expect(judge(true).unjudged).toHaveLength(200);
    expect(judge('t999')).toMatchObject({ matched: [], unjudged: [] });
    expect(policies.judge(subjectOf()).unjudged).toEqual([]);
  });

  it('names rules in their order, however they are found', () => {
    const policies = policiesOf([
      { id: 'z', when: { 'args.x': { eq: 'a' } }, then: 'allow', mask: { find: ['email'] } },
      { id: 'y', then: 'allow', mask: { find: ['payment-card'] } },
      ...['b', 'c', 'd', 'e'].map((eq) => ({
        id: `n-${eq}`,
        when: { 'args.x': { eq } },
        then: 'block',
      })),
      { id: 'a', when: { 'args.x': { in: ['a', 'b'] } }, then: 'allow' },
    ]);
    policies.judge(subjectOf());
    const decision = policies.judge(subjectOf({ args: { x: 'a' } }));
    expect(decision).toMatchObject({ rule: 'z', matched: ['z', 'y', 'a'] });
    expect(decision.masks.map(({ rule }) => rule)).toEqual(['z', 'y']);
  });

  it('adds up the limits of all enforced rules that hold or can’t be judged', () => {
    const limit = { calls: 3, per: '1m' };
    const policies = policiesOf([
      { id: 'a', then: 'allow', limit },
      { id: 'b', when: { 'args.x': { gt: 1 } }, limit: [limit, { calls: 9, per: '1h' }] },
      { id: 'c', when: { 'args.x': { gt: 5 } }, limit },
      { id: 'd', mode: 'shadow', limit },
    ]);
    const of = (x: number | string) =>
      policies.judge(subjectOf({ args: { x } })).limits.map(({ rule }) => rule);
    expect(of(2)).toEqual(['a', 'b', 'b']);
    expect(of('2')).toEqual(['a', 'b', 'b', 'c']);
  });

  it('stays right when it has seen more callers than it remembers', () => {
    const { rules } = policiesOf(
      Array.from({ length: 100 }, (_, i) => ({
        id: `r${i}`,
        when: { 'args.x': { eq: i }, 'identity.groups': { contains: `g${i % 2}` } },
        then: 'allow',
      })),
    );
    const remaining = new RemainingRules(1_000);
    for (let i = 0; i < 40; i++) {
      const identity = { ...ana, sub: `s${i}`, groups: [`g${i % 2}`] };
      const left = remaining.of(rules, subjectOf({ identity }));
      expect(left.selection.rules).toHaveLength(50);
      expect(remaining.of(rules, subjectOf({ identity }))).toBe(left);
    }
  });
});

describe('what a condition requires', () => {
  const requires = (when: object) => {
    const [rule] = policiesOf([{ id: 'a', when, then: 'allow' }]).rules;
    return requirementsOf(rule?.when ?? { kind: 'all', of: [] }).map(({ text, values }) => [
      text,
      values,
    ]);
  };

  it.each<[object, unknown]>([
    [{ 'args.x': { eq: 'a' } }, [['args.x', ['a']]]],
    [
      { all: [{ 'args.x': { in: [1, 'b'] } }, { 'args.y': { eq: true } }] },
      [
        ['args.x', [1, 'b']],
        ['args.y', [true]],
      ],
    ],
    [{ any: [{ 'args.x': { eq: 'a' } }, { 'args.x': { eq: 'b' } }] }, []],
    [{ not: { 'args.x': { eq: 'a' } } }, []],
    [{ 'args.x': { ne: 'a' } }, []],
    [{ 'args.x': { eq: null } }, []],
    [{ 'args.x': { in: ['a', null] } }, []],
    [{ 'args.x[*]': { eq: 'a' } }, []],
    [{ 'identity.sub': { eq: 'ana' } }, []],
  ])('%j', (when, expected) => {
    expect(requires(when)).toEqual(expected);
  });
});
