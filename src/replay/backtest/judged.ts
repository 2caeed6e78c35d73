import type { Decision, Effect, MaskObligation } from '../../model/decision.ts';
import type { DueMasks } from './mask-effect.ts';
import type { OpenJudgement } from './open-rules.ts';

/** What can be told of the decision on one message. */
export interface Judged {
  readonly possible: readonly Effect[];
  /** The decision; where it can come to several effects, what is sure of it. */
  readonly decision: Decision;
  readonly masks: DueMasks;
}

/**
 * @param open what is left open of it; undefined: nothing
 * @param otherwise what becomes of it where no rule decides
 */
export function judgedOf(
  open: OpenJudgement | undefined,
  decision: Decision,
  otherwise: readonly Effect[] = ['block'],
): Judged {
  if (!open) {
    return {
      possible: [decision.effect],
      decision,
      masks: { sure: decision.masks, maybe: [] },
    };
  }
  const { findings, possible, undecided } = open;
  const blind = new Set(findings.flatMap(({ rule, blind }) => (blind ? rule.masks : [])));
  return {
    possible: undecided ? [...new Set([...otherwise, ...possible])] : possible,
    decision,
    masks: {
      sure: decision.masks.filter((mask) => !blind.has(mask)),
      maybe: decision.masks.filter((mask) => blind.has(mask)),
    },
  };
}

/** What is not the result yet can't be what a rule that allows by the result waits for; the call was let through. */
export function unlessStopped(judged: Judged): Judged {
  const { decision, possible } = judged;
  const isStopped = decision.effect !== 'allow' && decision.rule !== undefined;
  if (possible.length > 1 || isStopped) return judged;
  return { ...judged, possible: ['allow'], decision: { ...decision, effect: 'allow' } };
}

/** Masks that are due on an answer: those of the call, and its own. */
export function bothDue(some: DueMasks, more: DueMasks): DueMasks {
  const union = (a: readonly MaskObligation[], b: readonly MaskObligation[]) =>
    b.length === 0 ? a : [...new Set([...a, ...b])];
  return { sure: union(some.sure, more.sure), maybe: union(some.maybe, more.maybe) };
}

/** Rules that have matched, whether they are in force or not. */
export function matchedIn({ matched, would }: Decision): readonly string[] {
  return would.length === 0 ? matched : [...matched, ...would.map(({ rule }) => rule)];
}
