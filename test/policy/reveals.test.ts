import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import { ABSENT, type Subject, UNKNOWN } from '../../src/policy/subject.ts';
import { ana } from '../support/policies.ts';

function policiesOf(...rules: readonly object[]): PolicySet {
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', rules });
  const { policies, problems } = compilePolicies([{ file: 'p.yaml', text }]);
  if (!policies) throw new Error(JSON.stringify(problems));
  return policies;
}
const subject = (args: Subject['args'] = {}): Subject => ({
  identity: ana,
  request: { upstream: 'crm', method: 'tools/call', now: 0 },
  target: { kind: 'tools', name: 'get' },
  client: {},
  args,
  meta: ABSENT,
  result: UNKNOWN,
  tool: ABSENT,
});
const on = { tools: ['get'] };
const allow = { id: 'allow', on, then: 'allow' };
const reveal = { id: 'reveal', on, reveal: ['email'] };
const emailOf = (rule: string) => ({ rule, labels: ['email'], scope: '' });

describe('a reveal', () => {
  it('comes with a message that is let through', () => {
    expect(policiesOf(allow, reveal).judge(subject()).reveals).toEqual([emailOf('reveal')]);
  });

  it.each<[string, object, object]>([
    ['in short', { reveal: 'email' }, { labels: ['email'], scope: '' }],
    [
      'of a group',
      { reveal: ['person-id', 'email'] },
      { labels: ['person-id', 'email'], scope: '' },
    ],
    [
      'at length',
      { reveal: { find: 'email', scope: 'crm', path: 'args.to[0].mail' } },
      { labels: ['email'], scope: 'crm', path: ['to', 0, 'mail'] },
    ],
    ['of an analyzer', { reveal: 'presidio:PERSON' }, { labels: ['presidio-person'], scope: '' }],
  ])('%s', (_, more, expected) => {
    const { reveals } = policiesOf({ ...allow, ...more }).judge(subject());
    expect(reveals).toEqual([{ rule: 'allow', ...expected }]);
  });

  it('of several rules and in several forms adds up', () => {
    const list = { id: 'list', on, reveal: ['phone', { find: 'email', scope: 'crm' }] };
    const { reveals } = policiesOf(allow, reveal, list).judge(subject());
    expect(reveals).toEqual([
      emailOf('reveal'),
      { rule: 'list', labels: ['phone'], scope: '' },
      { rule: 'list', labels: ['email'], scope: 'crm' },
    ]);
  });

  it.each([
    ['fails', { 'args.n': { lt: 5 } }, { n: 7 }],
    ["can't be judged", { 'args.n': { lt: 5 } }, { n: '3' }],
    ['is not known', { 'args.n': { lt: 5 } }, UNKNOWN],
  ])('does not count where its condition %s', (_, when, args) => {
    const decision = policiesOf(allow, { ...reveal, when }).judge(subject(args as Subject['args']));
    expect(decision.effect).toBe('allow');
    expect(decision).not.toHaveProperty('reveals');
    expect(decision.matched).toEqual(['allow']);
  });

  it('does not count where a rule blocks, or none allows', () => {
    expect(policiesOf(reveal).judge(subject())).toMatchObject({ effect: 'block' });
    expect(policiesOf(reveal).judge(subject())).not.toHaveProperty('reveals');
    const block = { id: 'block', on, then: 'block' };
    expect(policiesOf(allow, reveal, block).judge(subject())).not.toHaveProperty('reveals');
  });

  it('in shadow mode is told, and gives nothing', () => {
    const decision = policiesOf(allow, { ...reveal, mode: 'shadow' }).judge(subject());
    expect(decision).not.toHaveProperty('reveals');
    expect(decision.would).toEqual([{ rule: 'reveal', effect: 'reveal' }]);
  });

  it('stands on a rule that is approved, and masks stay due where it does not count', () => {
    const rule = {
      ...{ id: 'ask', on, then: 'approve', approval: { by: ['group:x'] } },
      ...{ reveal: 'email', mask: { find: 'email' }, when: { 'args.n': { lt: 5 } } },
    };
    const asked = policiesOf(rule).judge(subject({ n: 1 }));
    expect(asked).toMatchObject({ effect: 'approve', reveals: [emailOf('ask')] });
    const unsure = policiesOf({ ...rule, then: undefined, approval: undefined }, allow);
    const decision = unsure.judge(subject({ n: 'x' }));
    expect(decision.masks).toHaveLength(1);
    expect(decision).not.toHaveProperty('reveals');
    expect(decision.unjudged).toEqual(['ask']);
  });

  it('does not depend on the order of rules, and no rule that is added takes back what a block forbids', () => {
    const rules = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        on: fc.constant(on),
        then: fc.constantFrom('allow', 'block', undefined),
        reveal: fc.constantFrom('email', 'phone'),
        when: fc.constantFrom(undefined, { 'args.n': { lt: 5 } }, { 'args.n': { gt: 5 } }),
      }),
      { selector: ({ id }) => id, minLength: 1 },
    );
    fc.assert(
      fc.property(
        rules.chain((some) =>
          fc.tuple(
            fc.constant(some),
            fc.shuffledSubarray(some, { minLength: some.length }),
            fc.constantFrom({ n: 1 }, { n: 9 }, { n: 'x' }),
          ),
        ),
        ([some, shuffled, args]) => {
          const clean = (list: typeof some) =>
            list.map(({ then, reveal: given, ...rest }) => ({
              ...rest,
              ...(then === undefined ? {} : { then }),
              ...(then === 'block' ? {} : { reveal: given }),
            }));
          const one = policiesOf(...clean(some)).judge(subject(args));
          const other = policiesOf(...clean(shuffled)).judge(subject(args));
          const keys = (list: typeof one.reveals) => (list ?? []).map((it) => it.rule).sort();
          expect(keys(other.reveals)).toEqual(keys(one.reveals));
          if (one.effect === 'block') expect(one).not.toHaveProperty('reveals');
        },
      ),
    );
  });
});
