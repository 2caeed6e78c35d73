import { suggest } from '../../model/nearest.ts';
import { type Problem, sortProblems } from '../../model/position.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { isSilenced } from './lint.ts';

const CODE = 'POLICY_UNKNOWN_CHANNEL';

/**
 * Compares the channels that rules name with those that there are. One that isn't there is told nothing.
 *
 * @param channels their names in the configuration
 */
export function checkChannels(
  rules: readonly CompiledRule[],
  channels: readonly string[],
): readonly Problem[] {
  const known = new Set(channels);
  const problems = rules.flatMap((rule) => {
    const missing = (rule.approval?.notify ?? []).filter((name) => !known.has(name));
    if (missing.length === 0 || isSilenced(CODE, rule)) return [];
    return missing.map((name): Problem => {
      const message = `rule "${rule.id}" tells the channel "${name}", which is not in the configuration`;
      const hint = known.size > 0 ? suggest(name, channels) : 'add it under approvals.channels';
      return { code: CODE, severity: 'warning', at: rule.at, message, hint };
    });
  });
  return sortProblems(problems);
}
