import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readPolicyPaths } from '../../config/policy-files.ts';
import { child } from '../../document/node.ts';
import { parseYaml } from '../../document/yaml.ts';
import { GateError } from '../../model/errors.ts';
import { compilePolicies } from '../../policy/compile.ts';
import type { PolicySet } from '../../policy/policy-set.ts';

/**
 * Reads and compiles policies.
 *
 * @param paths files and folders; none: the folder that the configuration names, or else `policies`
 * @throws GateError POLICY_UNREADABLE; POLICY_INVALID with every problem
 */
export function readPolicies(paths: readonly string[], config: string, cwd: string): PolicySet {
  const chosen = paths.length > 0 ? paths : [configuredFolder(config, cwd) ?? 'policies'];
  const sources = readPolicyPaths(chosen, cwd);
  const named = chosen.join(', ');
  if (sources.length === 0) throw new GateError('POLICY_UNREADABLE', `no policy files in ${named}`);
  const { policies, problems } = compilePolicies(sources);
  if (policies) return policies;
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw new GateError('POLICY_INVALID', `the policies in ${named} have errors`, {
    problems: errors,
  });
}

/** Nothing else of the configuration has to be right. */
function configuredFolder(config: string, cwd: string): string | undefined {
  const path = resolve(cwd, config);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const directory = child(child(parseYaml(text, config).documents[0], 'policies'), 'directory');
  if (directory?.kind !== 'scalar' || typeof directory.value !== 'string') return undefined;
  return resolve(dirname(path), directory.value);
}
