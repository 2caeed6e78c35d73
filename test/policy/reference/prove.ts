import { inspect, parseArgs } from 'node:util';
import fc from 'fast-check';
import { crowdedDocuments, documents } from '../../support/policy-arbitraries.ts';
import { calls } from '../../support/policy-subjects.ts';
import { compareCalls } from './compare.ts';

// npm run prove -- [--policies N] [--calls N] [--seed N]: engine and reference on calls that no test has seen.
const { values } = parseArgs({
  options: {
    policies: { type: 'string', default: '20000' },
    calls: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
});
const numRuns = Number(values.policies);
process.stdout.write(`seed ${values.seed}: ${numRuns} policies, ${values.calls} calls each\n`);
const kinds = fc.oneof(
  { weight: 4, arbitrary: documents },
  { weight: 1, arbitrary: crowdedDocuments },
);
const property = fc.property(kinds, calls(Number(values.calls)), (policies, list) => {
  const [first] = compareCalls(policies, list);
  if (first) throw new Error(inspect(first, { depth: 12 }));
});
const outcome = fc.check(property, { numRuns, seed: Number(values.seed) });
if (outcome.failed) process.stdout.write(`${inspect(outcome.errorInstance, { depth: 12 })}\n`);
process.stdout.write(outcome.failed ? 'they differ\n' : 'no difference\n');
process.exitCode = outcome.failed ? 1 : 0;
