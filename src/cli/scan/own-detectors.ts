import { readPolicyPaths } from '../../config/policy-files.ts';
import type { DetectorSpec } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import { compilePolicies } from '../../policy/compile.ts';

/**
 * The detectors that masks of policies use beside those that are built in.
 *
 * @throws GateError POLICY_UNREADABLE; POLICY_INVALID with every problem
 */
export function ownDetectors(paths: readonly string[], cwd: string): DetectorSpec[] {
  if (paths.length === 0) return [];
  const { policies, problems } = compilePolicies(readPolicyPaths(paths, cwd));
  if (!policies) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const message = `the policies in ${paths.join(', ')} have errors`;
    throw new GateError('POLICY_INVALID', message, { problems: errors });
  }
  const specs = policies.rules.flatMap(({ masks }) => {
    return masks.flatMap(({ target }) => ('find' in target ? (target.own ?? []) : []));
  });
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
}
