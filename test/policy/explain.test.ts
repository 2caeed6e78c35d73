import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/policy/explain/explain.ts';
import type { ConditionFinding } from '../../src/policy/explain/explain-condition.ts';
import { type Subject, UNAVAILABLE, UNKNOWN } from '../../src/policy/subject.ts';
import { args, json, rules as someRules, toolNames } from '../support/arbitraries.ts';
import { policiesOf, subjectOf, tool } from '../support/policies.ts';

const policies = policiesOf([
  {
    id: 'analysts-read',
    on: { tools: ['query', 'list_*'] },
    when: {
      'identity.groups': { contains: 'analysts' },
      any: [{ 'args.limit': 'absent' }, { 'args.limit': { gte: 1, lte: 1000 } }],
    },
    then: 'allow',
    mask: { find: ['email'] },
  },
  {
    id: 'no-customers',
    on: { tools: ['query'] },
    when: {
      'args.sql': { matches: '(?i)\\bfrom\\s+customers\\b' },
      not: { 'identity.groups': { contains: 'support' } },
    },
    then: 'block',
    reason: 'Customers are for the support team.',
  },
  { id: 'dba', on: { tools: ['query'] }, when: { 'identity.groups': { contains: 'dba' } }, then: 'allow' }, // biome-ignore format: one line says it
  { id: 'would-refuse', on: { tools: ['query'] }, then: 'block', mode: 'shadow' },
  { id: 'writers', on: { tools: ['execute'] }, then: 'approve', approval: { by: ['group:dba'] } },
  { id: 'late', on: { tools: ['query'] }, when: { 'result.isError': { eq: true } }, then: 'block' },
]);

const ruleOf = (subject: Subject, id: string, hidden: (string | number)[][] = []) => {
  const found = explain(policies, subject, { hidden }).rules.find((rule) => rule.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return found;
};
/** The tests of a condition, from left to right. */
const testsOf = (finding: ConditionFinding | undefined): ConditionFinding[] => {
  if (finding?.kind === 'test') return [finding];
  return finding && 'of' in finding ? finding.of.flatMap(testsOf) : [];
};

describe('an explanation', () => {
  const subject = subjectOf({ args: { sql: 'select * from customers', limit: 5000 } });

  it('has the part that every rule had, and a sentence on why', () => {
    const { decision, rules } = explain(policies, subject);
    expect(decision).toEqual(policies.judge(subject));
    expect(rules.map(({ id, part, outcome, why }) => [id, part, outcome, why])).toEqual([
      ['analysts-read', 'missed', 'false', 'its condition does not hold'],
      ['no-customers', 'decided', 'true', 'it decides'],
      ['dba', 'missed', 'false', 'its condition does not hold'],
      ['would-refuse', 'would', 'true', 'it is in shadow mode, and would block'],
      ['writers', 'unrelated', undefined, 'it is on tools execute'],
      ['late', 'missed', 'open', 'it depends on what is not known here'],
    ]);
  });

  it('shows each test with the value it saw, each operator by itself', () => {
    const [group, absent, limit] = testsOf(ruleOf(subject, 'analysts-read').condition);
    expect(group).toMatchObject({ path: 'identity.groups', outcome: 'true' });
    expect(absent).toMatchObject({ path: 'args.limit', outcome: 'false' });
    expect(limit).toEqual({
      kind: 'test',
      at: expect.objectContaining({ file: 'p0.yaml' }) as unknown,
      path: 'args.limit',
      outcome: 'false',
      seen: [{ kind: 'value', value: 5000, cut: false }],
      more: 0,
      operators: [
        { operator: 'gte', operand: 1, outcome: 'true' },
        { operator: 'lte', operand: 1000, outcome: 'false' },
      ],
    });
  });

  it('judges what the rest decides already as well', () => {
    const missed = ruleOf(subjectOf({ args: { sql: 'select 1' } }), 'no-customers');
    expect(testsOf(missed.condition).map(({ outcome }) => outcome)).toEqual(['false', 'false']);
    expect(missed.misses).toBe(1);
  });

  it('says what comes first where several match', () => {
    const args = { sql: 'select * from customers' };
    const { why, part } = ruleOf(subjectOf({ args }), 'analysts-read');
    expect(part).toBe('matched');
    expect(why).toBe(
      'its condition holds, but no-customers comes first: block before approve before allow',
    );
  });

  it('says that what cannot be judged never helps the caller', () => {
    const subject = subjectOf({ args: { sql: 7, limit: '5' } });
    expect(ruleOf(subject, 'no-customers')).toMatchObject({
      part: 'decided',
      outcome: 'unjudged',
      why: "its condition can't be judged, and what can't be judged never helps the caller",
    });
    expect(ruleOf(subject, 'analysts-read').why).toBe(
      "its condition can't be judged, so it does not allow",
    );
  });

  it('names the upstreams of rules that are for others', () => {
    const { rules } = explain(
      policiesOf([{ id: 'a', then: 'allow', on: { tools: ['*'] } }]),
      subjectOf({ ...tool('x'), request: { upstream: 'db' } }),
    );
    expect(rules[0]?.part).toBe('decided');
  });

  it('bounds the values that it shows', () => {
    const args = { sql: 'x'.repeat(10_000), limit: Array.from({ length: 50 }, () => 'y') };
    const { rules } = explain(policies, subjectOf({ args }));
    expect(JSON.stringify(rules).length).toBeLessThan(6_000);
    const [sql] = testsOf(ruleOf(subjectOf({ args }), 'no-customers').condition);
    expect(sql).toMatchObject({ seen: [{ cut: true }] });
  });

  it('shows some of many values and counts the others', () => {
    const many = policiesOf([
      { id: 'a', when: { 'args.to[*]': { ends_with: '@a.test' } }, then: 'allow' },
    ]);
    const to = Array.from({ length: 8 }, (_, i) => `${i}@a.test`);
    const [rule] = explain(many, subjectOf({ args: { to } })).rules;
    const [test] = testsOf(rule?.condition);
    expect(test).toMatchObject({ more: 3, outcome: 'true' });
  });
});

describe('what is hidden', () => {
  const args = { sql: 'select [redacted:email]', limit: 10 };
  const subject = subjectOf({ args });
  const hidden = [['args', 'sql']];

  it('is never guessed: what touches it is open', () => {
    const { rules, possible, decision } = explain(policies, subject, { hidden });
    const of = (id: string) => rules.find((rule) => rule.id === id)?.outcome;
    expect([of('no-customers'), of('analysts-read')]).toEqual(['open', 'true']);
    expect(possible).toEqual(['block', 'allow']);
    expect(decision.effect).toBe('allow');
    expect(testsOf(ruleOf(subject, 'no-customers', hidden).condition)[0]).toMatchObject({
      outcome: 'open',
      seen: [{ kind: 'hidden' }],
    });
  });

  it('does not matter where the rest decides', () => {
    const identity = { ...subject.identity, groups: ['support', 'analysts'] };
    const found = explain(policies, { ...subject, identity }, { hidden });
    expect(found.possible).toEqual(['allow']);
  });

  it.each([
    [{ 'args.sql': 'exists' }, 'true'],
    [{ 'args.sql': 'absent' }, 'false'],
    [{ 'args.**': { contains: 'x' } }, 'open'],
    [{ 'args.rows[*].mail': { eq: 'x' } }, 'open'],
    [{ 'args.rows': { length: { gte: 1 } } }, 'open'],
    [{ 'args.sql.deeper': 'exists' }, 'open'],
    [{ 'args.other': 'exists' }, 'false'],
    [{ 'args.rows[1].mail': { eq: 'x' } }, 'unjudged'],
    [{ cel: 'args.other == 1' }, 'open'],
    [{ cel: 'identity.sub == "ana"' }, 'true'],
  ])('makes %j come out as %s', (when, outcome) => {
    const one = policiesOf([{ id: 'a', when, then: 'allow' }]);
    const rows = [{ mail: '[redacted:email]' }, 3];
    const places = [
      ['args', 'sql'],
      ['args', 'rows', 0, 'mail'],
    ];
    const found = explain(one, subjectOf({ args: { ...args, rows } }), { hidden: places });
    expect(found.rules[0]?.outcome).toBe(outcome);
  });
});

describe('explaining and judging', () => {
  const subjects = fc
    .record({
      args: fc.oneof(args, json),
      name: fc.constantFrom(...toolNames),
      annotations: fc.constantFrom(UNAVAILABLE, { annotations: { readOnlyHint: true } }),
      result: fc.constantFrom(UNKNOWN, { isError: true }, { structuredContent: { x: 'a' } }),
    })
    .map(({ args, name, annotations, result }) => {
      return subjectOf({ ...tool(name), args, tool: annotations, result });
    });

  it('come to the same, rule by rule', () => {
    fc.assert(
      fc.property(someRules, subjects, (texts, subject) => {
        const set = policiesOf(texts);
        const { decision, rules } = explain(set, subject);
        const judged =
          subject.result === UNKNOWN
            ? set.judge(subject)
            : (set.judgeResult(subject) ?? set.judge(subject));
        expect(decision).toEqual(judged);
        for (const rule of rules) {
          // Alone, a rule that blocks tells all outcomes apart.
          const text = texts.find(({ id }) => id === rule.id);
          const extras = { mask: 0, mode: 0, reveal: 0 };
          const { mask: _, mode: __, reveal: ___, ...when } = { ...extras, ...text };
          const alone = { ...when, id: rule.id, then: 'block' };
          const lone = policiesOf([alone]).judge(subject);
          const expected =
            lone.rule === undefined ? ['false', 'open', undefined] : ['true', 'unjudged'];
          expect(expected).toContain(rule.outcome);
          if (rule.outcome === 'unjudged') expect(lone.unjudged).toEqual([rule.id]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('come to the same where the tree is put together part by part', () => {
    fc.assert(
      fc.property(someRules, subjects, (texts, subject) => {
        const set = policiesOf(texts);
        const plain = explain(set, subject);
        // A place that no condition looks at makes the tree be combined anew.
        const pieced = explain(set, subject, { hidden: [['error', 'nowhere']] });
        expect(pieced).toEqual({ ...plain, possible: pieced.possible });
      }),
      { numRuns: 300 },
    );
  });
});
