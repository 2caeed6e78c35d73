import type { Decision, MaskObligation, MaskSide } from '../../model/decision.ts';
import { isObject, type Json } from '../../model/json.ts';
import { decideByGrant, union } from '../../pipeline/stages/decide.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { ABSENT, type Subject } from '../../policy/subject.ts';
import { argsOf, targetOf } from '../../protocol/methods.ts';
import type { NamedCall } from '../explain/call.ts';
import type { Given } from './given.ts';

/** The masks that are due on a message of a call, and what is decided about that. */
export interface Due {
  readonly masks: readonly MaskObligation[];
  readonly decision: Decision;
}

/** Judges a call with what came in as its arguments or its answer, as the gate would. */
export function dueMasks(
  policies: PolicySet,
  { subject, answer }: NamedCall,
  given: Given,
  side: MaskSide,
): Due {
  if (side === 'args') {
    const decision = decideByGrant(withArgs(subject, given), policies);
    return { masks: decision.masks, decision };
  }
  const call = decideByGrant(subject, policies);
  const isOwn = given.kind === 'message' && given.method !== undefined;
  // What the upstream sends of its own may carry what any call would have masked.
  const own = isOwn ? union(call.masks, policies.masksOfUpstream(subject)) : call.masks;
  const answered = isOwn ? undefined : policies.judgeResult({ ...subject, ...(answer ?? answerIn(given)) }); // biome-ignore format: one line says it
  return { masks: union(own, answered?.masks), decision: answered ?? call };
}

function withArgs(subject: Subject, { kind, value }: Given): Subject {
  if (kind !== 'message' || !isObject(value)) {
    return kind === 'text' ? subject : { ...subject, args: value };
  }
  const { method, params } = value;
  if (typeof method !== 'string') return subject;
  const known = isObject(params) ? params : {};
  const request = { ...subject.request, method };
  const target = targetOf(method, known);
  return { ...subject, request, target, args: argsOf(method, known) ?? ABSENT };
}

function answerIn({ kind, value }: Given): {
  result: Json | typeof ABSENT;
  error: Json | typeof ABSENT;
} {
  if (kind !== 'message' || !isObject(value)) return { result: value, error: ABSENT };
  const { result = ABSENT, error = ABSENT } = value;
  return { result, error };
}
