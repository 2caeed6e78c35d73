import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../../src/policy/subject.ts';
import { judgeValue, policiesOf, subjectOf } from '../support/policies.ts';

describe('bounds', () => {
  it('include what they say and exclude the rest', () => {
    expect(judgeValue({ gte: 5 }, 5)).toBe('holds');
    expect(judgeValue({ gt: 5 }, 5)).toBe('fails');
    expect(judgeValue({ lte: 5 }, 5)).toBe('holds');
    expect(judgeValue({ lt: 5 }, 5)).toBe('fails');
  });
});

describe('a rule without "then"', () => {
  const limit = { calls: 1, per: '1h' };

  it('says nothing that it would do in shadow, where it only counts', () => {
    const { would, limits, shadowLimits } = policiesOf([{ id: 'a', limit, mode: 'shadow' }]).judge(
      subjectOf(),
    );
    expect(would).toEqual([]);
    expect(limits).toEqual([]);
    expect(shadowLimits).toHaveLength(1);
  });

  it('is due where nobody knows yet whether its condition holds', () => {
    const mask = { find: 'email' };
    const when = { 'args.x': { eq: 1 } };
    const policies = policiesOf([{ id: 'a', mask, limit, when }]);
    const { matched, masks, limits } = policies.judge(subjectOf({ args: UNKNOWN }));
    expect(matched).toEqual(['a']);
    expect(masks).toHaveLength(1);
    expect(limits).toHaveLength(1);
  });
});

describe('the prospect of a use', () => {
  const use = { kind: 'tools', method: 'tools/call' } as const;
  const allow = { id: 'a', then: 'allow', when: { 'args.x': { eq: 1 } } } as const;

  it('is stopped where a rule blocks all of it, and open where none has a say', () => {
    const block = { id: 'b', then: 'block' };
    expect(policiesOf([allow, block]).prospect(subjectOf(), use)).toBe('stopped');
    expect(policiesOf([allow]).prospect(subjectOf(), use)).toBe('granted');
    expect(policiesOf([]).prospect(subjectOf(), use)).toBe('open');
    const some = { ...block, on: { tools: ['q*'] } };
    expect(policiesOf([some]).prospect(subjectOf(), use)).toBe('open');
  });

  it('is stopped by a wish for approval where nobody is asked', () => {
    const approve = { id: 'b', then: 'approve' };
    expect(policiesOf([allow, approve]).prospect(subjectOf(), use)).toBe('granted');
    expect(policiesOf([allow, approve]).prospect(subjectOf(), { ...use, down: true })).toBe(
      'stopped',
    );
  });
});
