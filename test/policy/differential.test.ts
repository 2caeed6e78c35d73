import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crowdedDocuments, documents } from '../support/policy-arbitraries.ts';
import { calls } from '../support/policy-subjects.ts';
import { compareCalls } from './reference/compare.ts';

/** The same 100,000 calls each time; CI takes the first half of them. */
const PART = process.env.CI ? 0.5 : 1;
const POLICIES = 4_600 * PART;
const CROWDED = 400 * PART;
const CALLS = 20;
const SEED = 4;
const SLOW = { timeout: 600_000 };

it('a slow and obvious reading of the language comes to the same', SLOW, () => {
  agree(documents, POLICIES);
});

it('and so it does where many rules are told apart by what they require', SLOW, () => {
  agree(crowdedDocuments, CROWDED);
});

function agree(policies: typeof documents, numRuns: number): void {
  fc.assert(
    fc.property(policies, calls(CALLS), (some, list) => {
      const [first] = compareCalls(some, list);
      expect(first).toBeUndefined();
    }),
    { numRuns, seed: SEED, endOnFailure: true },
  );
}
