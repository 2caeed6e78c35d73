import type { StandingGrant } from '../../model/approval.ts';
import { yamlLines } from '../../policy/approval/yaml-lines.ts';

/** The bounds of a grant for calls alike as they would stand in a rule: YAML. */
export function conditionText(when: StandingGrant['when']): string {
  return `${yamlLines(when).join('\n') || '{}'}\n`;
}
