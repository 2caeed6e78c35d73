import { parsePath } from '../../mask/place/path.ts';
import type { Explanation, RuleFinding } from '../../policy/explain/explain.ts';
import type { ConditionFinding } from '../../policy/explain/explain-condition.ts';
import { type HiddenPlace, touchesHidden } from '../../policy/explain/explain-hidden.ts';

/** The same without values that may not be read, though they were judged. */
export function readableExplanation(
  { rules, ...explanation }: Explanation,
  hidden: readonly HiddenPlace[],
): Explanation {
  if (hidden.length === 0) return { ...explanation, rules };
  const readable = ({ condition, ...rule }: RuleFinding): RuleFinding =>
    condition ? { ...rule, condition: readableCondition(condition, hidden) } : rule;
  return { ...explanation, rules: rules.map(readable) };
}

function readableCondition(
  finding: ConditionFinding,
  hidden: readonly HiddenPlace[],
): ConditionFinding {
  if (finding.kind === 'cel') return finding;
  if (finding.kind !== 'test') {
    return { ...finding, of: finding.of.map((part) => readableCondition(part, hidden)) };
  }
  const path = parsePath(finding.path);
  if (typeof path !== 'string' && !touchesHidden(path, hidden)) return finding;
  return { ...finding, seen: [{ kind: 'hidden' }], more: 0 };
}
