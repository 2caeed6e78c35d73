import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../../src/policy/compile.ts';
import type { PolicySet } from '../../../src/policy/policy-set.ts';
import { policiesOf, type RuleText, subjectOf } from '../../support/policies.ts';

const on = { tools: ['query'] };
const ask = (id: string, more: object = {}): RuleText => ({ id, on, then: 'approve', ...more });
const asked = (policies: PolicySet, args: object = {}) =>
  policies.judge(subjectOf({ args: args as never }));
const idsOf = (policies: PolicySet, args: object = {}) =>
  asked(policies, args).approvals?.map(({ rule }) => rule);

describe('what a rule asks for', () => {
  const usual = {
    by: [],
    quorum: 1,
    expires: 900_000,
    window: 600_000,
    notSelf: true,
    breakGlass: [],
    reasonRequired: false,
  };

  it.each<[string, object, object]>([
    ['nothing said', {}, usual],
    ['an empty approval', { approval: {} }, usual],
    [
      'all of it',
      {
        reason: 'Twice checked.',
        approval: {
          by: ['group:dba', 'user:ann', 'group:dba'],
          quorum: 2,
          expires: '1h',
          window: '90s',
          not_self: false,
          reason_required: true,
          notify: ['ops', 'mail', 'ops'],
          break_glass: 'group:oncall',
          standing: '31d',
        },
      },
      {
        by: ['group:dba', 'user:ann'],
        quorum: 2,
        expires: 3_600_000,
        window: 90_000,
        notSelf: false,
        reasonRequired: true,
        notify: ['ops', 'mail'],
        breakGlass: ['group:oncall'],
        standing: 2_678_400_000,
        reason: 'Twice checked.',
      },
    ],
    [
      'one person and nobody told',
      { approval: { by: 'user:ann', notify: [] } },
      { ...usual, by: ['user:ann'], notify: [] },
    ],
    [
      'as many as are named',
      { approval: { by: ['user:ann', 'user:bo'], quorum: 2 } },
      { ...usual, by: ['user:ann', 'user:bo'], quorum: 2 },
    ],
    [
      'more than are named, of a group',
      { approval: { by: ['user:ann', 'group:dba'], quorum: 9 } },
      { ...usual, by: ['user:ann', 'group:dba'], quorum: 9 },
    ],
  ])('with %s', (_name, more, wanted) => {
    const policies = policiesOf([ask('r', more)]);
    const demand = { rule: 'r', at: { file: 'p0.yaml', line: 1, column: 45 }, ...wanted };
    expect(asked(policies)).toMatchObject({ effect: 'approve', rule: 'r', approvals: [demand] });
    expect(policies.demandOf('r')).toEqual(demand);
  });

  it('is nothing of a rule that does not ask, asks in shadow mode, or is not there', () => {
    const policies = policiesOf([
      ...[
        { id: 'allow', on, then: 'allow' },
        { id: 'mask', on, mask: { find: 'email' } },
      ],
      ask('shadow', { mode: 'shadow', approval: { by: 'group:dba' } }),
    ]);
    const found = ['allow', 'mask', 'shadow', 'gone'].map((id) => policies.demandOf(id));
    expect(found).toEqual([undefined, undefined, undefined, undefined]);
    expect(asked(policies)).toMatchObject({ effect: 'allow', would: [{ rule: 'shadow' }] });
    expect(idsOf(policies)).toBeUndefined();
  });
});

describe('a call that several rules ask about', () => {
  const more = { when: { 'args.n': { gt: 5 } } };
  const rules = [{ id: 'ok', on, then: 'allow' }, ask('one'), ask('two', more), ask('three')];

  it('needs all of them that match, those that can not be judged too', () => {
    const policies = policiesOf(rules);
    expect(idsOf(policies, { n: 9 })).toEqual(['one', 'two', 'three']);
    expect(idsOf(policies, { n: '9' })).toEqual(['one', 'two', 'three']);
    expect(idsOf(policies, { n: 1 })).toEqual(['one', 'three']);
  });

  it('needs all of them also where rules are told apart by a value', () => {
    const by = (n: number, id: string) => ask(id, { when: { 'args.n': { eq: n } } });
    const policies = policiesOf([...rules, ...[1, 2, 3, 4, 5, 6].map((n) => by(n, `n${n}`))]);
    for (let time = 0; time < 3; time++) {
      expect(idsOf(policies, { n: 6 })).toEqual(['one', 'two', 'three', 'n6']);
    }
  });

  it('needs none where a rule blocks it', () => {
    const policies = policiesOf([...rules, { id: 'no', on, then: 'block' }]);
    expect(asked(policies)).toMatchObject({ effect: 'block', rule: 'no' });
    expect(idsOf(policies)).toBeUndefined();
  });

  it('goes on where people have said yes, unless a rule blocks it, and with the masks of all', () => {
    const mask = { find: 'email', in: 'args' };
    const policies = policiesOf([...rules.slice(1), ask('masks', { mask })]);
    const granted = policies.judge(subjectOf(), { granted: true });
    expect(granted).toMatchObject({ effect: 'allow', rule: 'one', masks: [{ rule: 'masks' }] });
    expect(granted.approvals).toBeUndefined();
    const blocked = policiesOf([...rules, { id: 'no', on, then: 'block' }]);
    expect(blocked.judge(subjectOf(), { granted: true }).effect).toBe('block');
    expect(policiesOf([{ id: 'x', on: { tools: ['y'] }, then: 'allow' }]).judge(subjectOf(), { granted: true }).effect).toBe('block'); // biome-ignore format: one line says it
  });
});

describe('approvals that ask for other people', () => {
  it('are no repetition of each other', () => {
    const text = (approval?: object) =>
      JSON.stringify({
        apiVersion: 'sallyport/v1',
        rules: [ask('a', { approval: { by: 'group:dba' } }), ask('b', approval && { approval })],
      });
    const codes = (approval?: object) =>
      compilePolicies([{ file: 'p.yaml', text: text(approval) }]).problems.map(({ code }) => code);
    expect(codes({ by: 'group:dba', quorum: 1 })).toEqual(['POLICY_REDUNDANT']);
    expect(codes({ by: 'group:dba', standing: '1h' })).toEqual([]);
    expect(codes({ by: ['group:dba', 'group:ops'] })).toEqual([]);
    expect(codes()).toEqual(['POLICY_NO_APPROVER']);
  });
});
