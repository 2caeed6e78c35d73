import { decideByGrant } from '../../pipeline/stages/decide.ts';
import { type Explanation, explain } from '../../policy/explain/explain.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { Subject } from '../../policy/subject.ts';
import { methodRow } from '../../protocol/methods.ts';

/** A message to be explained, and the answer to it. */
export interface Asked {
  readonly subject: Subject;
  readonly answer?: Pick<Subject, 'result' | 'error'>;
}

/** Explains a message as the gate judges it, and its answer where rules look at answers and the call is let through. */
export function explainCall(
  policies: PolicySet,
  { subject, answer }: Asked,
  hidden: readonly HiddenPlace[] = [],
): { readonly call: Explanation; readonly answer?: Explanation } {
  const byRule = methodRow(subject.request.method).grant === 'rule';
  const judge = byRule ? {} : { judge: (one: Subject) => decideByGrant(one, policies) };
  // What only the answer shows is not hidden on the way up: it isn't there yet.
  const ofCall = hidden.filter(([root]) => root !== 'result' && root !== 'error');
  const call = explain(policies, subject, { hidden: ofCall, ...judge });
  const passes = call.possible.length > 1 || call.decision.effect !== 'block';
  if (!answer || !passes) return { call };
  const answered = { ...subject, ...answer };
  if (!policies.judgeResult(answered)) return { call };
  return { call, answer: explain(policies, answered, { hidden }) };
}
