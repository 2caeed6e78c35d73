import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { args, argumentPaths, uses } from '../../support/policy-arbitraries.ts';
import { type Call, calls } from '../../support/policy-subjects.ts';
import { compareJudging } from '../reference/compare.ts';
import type { Rule } from '../reference/rules.ts';

const samples = fc.sample(uses, { numRuns: 64, seed: 5 });
const given = fc.sample(args, { numRuns: 40, seed: 6 });
const [call] = fc.sample(calls(1), { numRuns: 1, seed: 7 }).flat();

describe('operators', () => {
  // In shadow every rule says what it would do, and none hides what another says.
  it.each([...new Set(argumentPaths)])('agree with the reference at %s', (path) => {
    const rules = samples.map(
      (use, index): Rule => ({
        ...{ id: `r${index}`, when: { [path]: use }, then: 'block', mode: 'shadow' },
      }),
    );
    if (!call) throw new Error('there is no call');
    const [facts, answer] = call;
    const list = given.map((value): Call => [{ ...facts, args: value }, answer]);
    expect(compareJudging([{ rules }], list)).toEqual([]);
  });
});
