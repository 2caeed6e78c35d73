import { describe, expect, it } from 'vitest';
import { compileAside } from '../../src/config/compile-aside.ts';
import { applyMasks } from '../../src/mask/mask.ts';
import { formatProblem } from '../../src/model/position.ts';
import { compilePolicies, type PolicySource } from '../../src/policy/compile.ts';
import { explain } from '../../src/policy/explain/explain.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import { ABSENT, type Subject, UNKNOWN } from '../../src/policy/subject.ts';
import { testContext } from '../support/masks.ts';
import { ana } from '../support/policies.ts';

const file = (name: string, document: object): PolicySource => ({
  file: name,
  text: JSON.stringify({ apiVersion: 'sallyport/v1', ...document }),
});
const employees = (pattern: string) => ({ detectors: { 'employee-id': { pattern } } });
const on = { tools: ['get'] };
const rules = {
  rules: [
    { id: 'allow', on, then: 'allow', mask: { find: ['employee-id'] } },
    { id: 'block', on, when: { 'args.note': { detects: 'employee-id' } }, then: 'block' },
    {
      id: 'some',
      on,
      when: { 'args.list': { some: { detects: ['employee-id', 'email'] } } },
      then: 'block',
    },
  ],
};
const subject = (args: Subject['args']): Subject => ({
  identity: ana,
  request: { upstream: 'crm', method: 'tools/call', now: 0 },
  target: { kind: 'tools', name: 'get' },
  client: {},
  args,
  meta: ABSENT,
  result: UNKNOWN,
  tool: ABSENT,
});

function whole(sources: readonly PolicySource[]): PolicySet {
  const { policies, problems } = compilePolicies(sources);
  if (!policies) throw new Error(problems.map(formatProblem).join('\n'));
  return policies;
}

function maskedBy(policies: PolicySet, text: string): unknown {
  const { masks } = policies.judge(subject({}));
  return applyMasks(text, masks, { place: 'data', side: 'result', context: testContext }).value;
}

describe('detectors that a policy defines', () => {
  const definition = file('a.yaml', employees('E-\\d{3}'));
  const use = file('b.yaml', rules);

  it.each([
    ['before', [definition, use]],
    ['after', [use, definition]],
  ])('are known to every file, if they come %s those that use them', (_, sources) => {
    const policies = whole(sources);
    expect(maskedBy(policies, 'E-123 and F-123')).toBe('[redacted:employee-id] and F-123');
    expect(policies.judge(subject({ note: 'of E-123' })).rule).toBe('block');
    expect(policies.judge(subject({ note: 'of F-123' })).rule).toBe('allow');
    expect(policies.judge(subject({ list: ['x', 'E-123'] })).rule).toBe('some');
    expect(policies.judge(subject({ list: ['x', 'F-123'] })).rule).toBe('allow');
  });

  it('are what an explanation judges by', () => {
    const { rules: found } = explain(whole([definition, use]), subject({ note: 'E-123' }));
    expect(found.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['allow', 'true'],
      ['block', 'true'],
      ['some', 'false'],
    ]);
  });

  it('are an error where two files define one name, with both places, and where none does', () => {
    const twice = compilePolicies([definition, file('c.yaml', employees('x')), use]).problems;
    expect(twice.map(formatProblem)).toEqual([
      'c.yaml:1:43 error POLICY_DETECTOR_TAKEN the detector "employee-id" is defined twice; the other one is at a.yaml:1',
    ]);
    const none = compilePolicies([use]).problems;
    expect(none.map(({ code, at }) => [code, at.file])).toEqual([
      ['POLICY_UNKNOWN_DETECTOR', 'b.yaml'],
      ['POLICY_UNKNOWN_DETECTOR', 'b.yaml'],
      ['POLICY_UNKNOWN_DETECTOR', 'b.yaml'],
    ]);
  });

  it('do not make a rule contradict itself before they are known', () => {
    const when = { 'args.note': { eq: 'E-123', detects: 'employee-id' } };
    const rule = { id: 'r', on, when, then: 'allow' };
    expect(compilePolicies([definition, file('b.yaml', { rules: [rule] })]).problems).toEqual([]);
  });

  it('take effect in files that did not change when the definition does', async () => {
    const compile = compileAside();
    const texts: unknown[] = [];
    for (const pattern of ['E-\\d{3}', 'F-\\d{3}', 'E-\\d{3}']) {
      const { policies } = await compile([file('a.yaml', employees(pattern)), use]);
      if (!policies) throw new Error('it has errors');
      texts.push(maskedBy(policies, 'E-123 F-123'));
      texts.push(policies.judge(subject({ note: 'F-123' })).rule);
    }
    expect(texts).toEqual([
      ...['[redacted:employee-id] F-123', 'allow'],
      ...['E-123 [redacted:employee-id]', 'block'],
      ...['[redacted:employee-id] F-123', 'allow'],
    ]);
    const { policies, problems } = await compile([use]);
    expect([policies, problems[0]?.code]).toEqual([undefined, 'POLICY_UNKNOWN_DETECTOR']);
  });
});

describe('masks of tokens', () => {
  it('are called as the policy names what they stand for', () => {
    const rule = {
      ...{ id: 'r', on, then: 'allow' },
      mask: [
        { find: ['email', 'person-id'], with: 'token' },
        { find: ['email', 'phone'], with: { token: { as: 'person' } } },
        { path: 'structuredContent.rows[*].Account_No', with: 'token' },
        { path: 'structuredContent.rows[*]["名"]', with: 'token' },
        { fields: ['ssn'], with: 'token' },
      ],
    };
    const { masks } = whole([file('a.yaml', { rules: [rule] })]).judge(subject({}));
    const seen = masks.map(({ target, with: spec }) => [
      'find' in target ? target.find : 'other',
      spec.masker === 'token' ? spec.label : '',
    ]);
    expect(seen).toEqual([
      [['email'], 'email'],
      [['person-id'], 'person-id'],
      [['email', 'phone'], 'person'],
      ['other', 'account-no'],
      ['other', 'value'],
      ['other', undefined],
    ]);
  });
});
