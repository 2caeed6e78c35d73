import { resolve } from 'node:path';
import { PresidioAnalyzer } from '../../analyzer/presidio.ts';
import { withVariables } from '../../config/environment.ts';
import { problemsOf } from '../../config/issues.ts';
import { analyzersSchema } from '../../config/schema/analyzers-schema.ts';
import { child, toJson } from '../../document/node.ts';
import { GateError } from '../../model/errors.ts';
import type { Problem } from '../../model/position.ts';
import { configDocument } from '../explain/config-document.ts';
import type { Terminal } from '../verb.ts';

/**
 * The analyzer that a configuration names. Nothing else of it has to be right.
 *
 * @returns undefined where it names none, or there is no configuration
 * @throws GateError CONFIG_UNREADABLE; CONFIG_INVALID with every problem of that part
 */
export function configuredAnalyzer(
  config: string,
  { cwd, env, err }: Terminal,
): PresidioAnalyzer | undefined {
  const root = configDocument(resolve(cwd, config), config);
  const section = child(root, 'analyzers');
  if (!root || !section) return undefined;
  const problems: Problem[] = [];
  const parsed = analyzersSchema.safeParse(toJson(withVariables(section, env, problems)));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => {
      return { ...issue, path: ['analyzers', ...issue.path] };
    });
    problems.push(...problemsOf(issues, root));
  }
  if (problems.length > 0)
    throw new GateError('CONFIG_INVALID', `${config} has errors`, { problems });
  const presidio = parsed.data?.presidio;
  if (!presidio) return undefined;
  const quiet = () => undefined;
  const error = (_: object, message: string) => err(`${message}\n`);
  const log = { debug: quiet, info: quiet, warn: quiet, error };
  return new PresidioAnalyzer({ ...presidio, clock: Date.now, log });
}
