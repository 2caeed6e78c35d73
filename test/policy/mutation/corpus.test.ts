import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crowdedDocuments, documents } from '../../support/policy-arbitraries.ts';
import { calls } from '../../support/policy-subjects.ts';
import { compareCalls } from '../reference/compare.ts';

it.each([
  ['of all kinds', documents],
  ['told apart by what they require', crowdedDocuments],
])('agrees with the reference on a few hundred calls and rules %s', (_, kind) => {
  const policies = fc.sample(kind, { numRuns: 120, seed: 11 });
  const lists = fc.sample(calls(6), { numRuns: 120, seed: 12 });
  for (const [index, policy] of policies.entries()) {
    expect(compareCalls(policy, lists[index] ?? [])).toEqual([]);
  }
});
