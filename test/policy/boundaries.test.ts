import { describe, expect, it } from 'vitest';
import { judgeValue } from '../support/policies.ts';

describe('bounds', () => {
  it('include what they say and exclude the rest', () => {
    expect(judgeValue({ gte: 5 }, 5)).toBe('holds');
    expect(judgeValue({ gt: 5 }, 5)).toBe('fails');
    expect(judgeValue({ lte: 5 }, 5)).toBe('holds');
    expect(judgeValue({ lt: 5 }, 5)).toBe('fails');
  });
});
