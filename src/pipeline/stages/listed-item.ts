import { isObject, type Json, textMember } from '../../model/json.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { Subject, Target } from '../../policy/subject.ts';
import type { MethodRow } from '../../protocol/methods.ts';

const uses = { tools: 'tools/call', resources: 'resources/read', prompts: 'prompts/get' } as const;

/** What the result of a method lists. */
export type ListRow = NonNullable<MethodRow['list']>;

/**
 * True of an item of a list that the caller could use, whatever the arguments.
 *
 * @param subjectOf what policy is asked about its use
 */
export function isListed(
  item: Json,
  list: ListRow,
  policies: PolicySet,
  subjectOf: (method: string, target: Target) => Subject,
): boolean {
  const name = isObject(item) ? textMember(item, list.name) : undefined;
  if (name === undefined || list.kind === 'methods') return false;
  const subject = subjectOf(uses[list.kind], { kind: list.kind, name });
  return list.name === 'uriTemplate'
    ? policies.couldAllowTemplate(subject)
    : policies.couldAllow(subject);
}
