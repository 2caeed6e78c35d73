import { dirname, relative, resolve } from 'node:path';
import { withVariables } from '../../config/environment.ts';
import { problemsOf } from '../../config/issues.ts';
import { openOrigin } from '../../config/open-origin.ts';
import type { PolicyOrigin } from '../../config/policy-origin.ts';
import { policiesSchema } from '../../config/schema/policies-schema.ts';
import { child, toJson } from '../../document/node.ts';
import { GateError } from '../../model/errors.ts';
import type { Problem } from '../../model/position.ts';
import type { Terminal } from '../verb.ts';
import { configDocument } from './config-document.ts';

/** Where a configuration says that policies come from. */
export type ConfiguredPolicies =
  /** A folder, as somebody in the working directory would name it. */
  | { readonly directory: string }
  | { readonly kind: 'git' | 'pushed'; readonly open: () => Promise<PolicyOrigin> };

/**
 * Reads the part of a configuration that says where policies come from. Nothing else of it has to be right, and of a
 * repository that nobody asks the authorization is not needed.
 *
 * @param asks true where the repository is to be asked
 * @returns undefined where there is no configuration, or it says nothing of policies
 * @throws GateError CONFIG_UNREADABLE; CONFIG_INVALID with every problem of that part
 */
export function configuredPolicies(
  config: string,
  asks: boolean,
  { cwd, env }: Terminal,
): ConfiguredPolicies | undefined {
  const path = resolve(cwd, config);
  const root = configDocument(path, config);
  const section = child(root, 'policies');
  if (!root || !section) return undefined;
  const missing: Problem[] = [];
  const value = toJson(withVariables(section, env, missing));
  const authorization = child(section, 'authorization');
  const needed = missing.filter(({ at }) => asks || at !== authorization?.at);
  if (needed.length > 0) throw invalid(config, needed);
  const parsed = policiesSchema.safeParse(value);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => {
      return { ...issue, path: ['policies', ...issue.path] };
    });
    throw invalid(config, problemsOf(issues, root));
  }
  const base = dirname(path);
  const { data } = parsed;
  if (!('git' in data) && !('pushed' in data)) {
    return { directory: relative(cwd, resolve(base, data.directory)) || '.' };
  }
  return { kind: 'git' in data ? 'git' : 'pushed', open: () => openOrigin(data, base) };
}

function invalid(file: string, problems: readonly Problem[]): GateError {
  return new GateError('CONFIG_INVALID', `${file} has errors`, { problems });
}
