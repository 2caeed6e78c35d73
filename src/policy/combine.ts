import type { Decision, Effect, LimitClaim, MaskObligation, WouldBe } from '../model/decision.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { cannotFail, FAULT, mayHold, mayMatter, type Outcome } from './outcome.ts';
import { type Subject, UNKNOWN } from './subject.ts';

/** A rule about the message, with how its condition came out. */
export interface Finding {
  readonly rule: CompiledRule;
  readonly outcome: Outcome;
}

const PRECEDENCE: readonly Effect[] = ['block', 'approve', 'allow'];
const NO_MASKS: readonly MaskObligation[] = [];
const NO_LIMITS: readonly LimitClaim[] = [];

/**
 * Puts findings together: block beats approve beats allow, masks add up, nothing matched is a block. The order of rules
 * matters only for which of several equal ones is named.
 *
 * @param options.granted the message was let through before, so that an `approve` is settled.
 */
export function combine(
  findings: readonly Finding[],
  subject: Subject,
  options: { readonly granted?: boolean } = {},
): Decision {
  const matched = findings.filter(({ rule, outcome }) => matches(rule, outcome, subject));
  const enforced = matched.filter(({ rule }) => rule.mode === 'enforce');
  const masks = findings.flatMap(({ rule, outcome }) =>
    rule.mode === 'enforce' && rule.masks.length > 0 && masksNow(rule, outcome, subject)
      ? rule.masks
      : NO_MASKS,
  );
  const common = {
    matched: enforced.map(({ rule }) => rule.id),
    would: matched.flatMap(({ rule }) => (rule.mode === 'shadow' ? [wouldBe(rule)] : [])),
    unjudged: findings.flatMap(({ rule, outcome }) => (outcome === FAULT ? [rule.id] : [])),
    masks,
    limits: NO_LIMITS,
  };
  for (const effect of PRECEDENCE) {
    const decisive = enforced.find(({ rule }) => rule.then === effect);
    if (!decisive) continue;
    const settled = effect === 'approve' && options.granted === true;
    return { ...common, ...says(decisive, settled ? 'allow' : effect) };
  }
  return { ...common, effect: 'block', reason: 'no rule allows it', denial: 'explain' };
}

function says({ rule, outcome }: Finding, effect: Effect) {
  const { id, denial } = rule;
  if (rule.reason) return { effect, rule: id, denial, reason: rule.reason };
  const unsure = outcome === FAULT ? ', whose condition could not be evaluated' : '';
  return { effect, rule: id, denial, reason: `${verbs[effect]} by rule ${id}${unsure}` };
}

const verbs = { allow: 'allowed', block: 'blocked', approve: 'needs approval' };

/** What can't be judged never grants and always stops (invariant 2). */
function matches(rule: CompiledRule, outcome: Outcome, subject: Subject): boolean {
  switch (rule.then) {
    case 'allow':
      return mayHold(outcome);
    case 'block':
    case 'approve':
      return cannotFail(outcome);
    case undefined:
      return masksNow(rule, outcome, subject);
  }
}

/** A mask protects, so it is due where its condition holds or can't be judged; one on results waits for the result. */
function masksNow(rule: CompiledRule, outcome: Outcome, subject: Subject): boolean {
  if (rule.readsResult && subject.result === UNKNOWN) return false;
  return mayMatter(outcome);
}

function wouldBe(rule: CompiledRule): WouldBe {
  return { rule: rule.id, effect: rule.then ?? 'mask' };
}
