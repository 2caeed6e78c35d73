import fc from 'fast-check';
import {
  args,
  argumentPaths,
  crowdedDocuments,
  documents,
  uses,
} from '../../support/policy-arbitraries.ts';
import { type Call, calls } from '../../support/policy-subjects.ts';
import type { Document, Rule } from '../reference/rules.ts';

/** Policies and calls that every mutant is compared with the reference on; loaded once for all of them. */
export interface Sample {
  readonly documents: readonly Document[];
  readonly calls: readonly Call[];
}

function sampleOf(kind: typeof documents, count: number): readonly Sample[] {
  const lists = fc.sample(calls(6), { numRuns: count, seed: 12 });
  return fc
    .sample(kind, { numRuns: count, seed: 11 })
    .map((some, index) => ({ documents: some, calls: lists[index] ?? [] }));
}

/** Rules and calls of all kinds. */
export const mixed = sampleOf(documents, 120);
/** Rules that are told apart by the values that they require. */
export const crowded = sampleOf(crowdedDocuments, 60);

const operators = fc.sample(uses, { numRuns: 64, seed: 5 });
const given = fc.sample(args, { numRuns: 40, seed: 6 });
const [call] = fc.sample(calls(1), { numRuns: 1, seed: 7 }).flat();

/** Many operators at each path, in shadow: every rule says what it would do, and none hides what another says. */
export const atPaths: readonly (Sample & { readonly path: string })[] = [
  ...new Set(argumentPaths),
].map((path) => ({
  path,
  documents: [{ rules: operators.map((use, index) => ruleOf(`r${index}`, path, use)) }],
  calls: given.flatMap((value): Call[] => (call ? [[{ ...call[0], args: value }, call[1]]] : [])),
}));

function ruleOf(id: string, path: string, use: unknown): Rule {
  return { id, when: { [path]: use }, then: 'block', mode: 'shadow' };
}
