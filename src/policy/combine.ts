import type { ApprovalDemand } from '../model/approval.ts';
import type {
  Decision,
  Effect,
  LimitClaim,
  MaskObligation,
  RevealGrant,
  WouldBe,
} from '../model/decision.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { cannotFail, FAULT, mayHold, mayMatter, type Outcome, TRUE } from './outcome.ts';
import { type Subject, UNKNOWN } from './subject.ts';

/** A rule about the message, with how its condition came out. */
export interface Finding {
  readonly rule: CompiledRule;
  readonly outcome: Outcome;
}

const RANK: Readonly<Record<Effect, number>> = { allow: 1, approve: 2, block: 3 };

/**
 * Puts findings together: block beats approve beats allow, masks and limits add up, nothing matched is a block. The
 * order of rules matters only for which of several equal ones is named. Findings that are false change nothing.
 *
 * @param options.granted the message was let through before, so that an `approve` is settled.
 */
export function combine(
  findings: readonly Finding[],
  subject: Subject,
  options: { readonly granted?: boolean } = {},
): Decision {
  const matched: string[] = [];
  const would: WouldBe[] = [];
  const unjudged: string[] = [];
  const masks: MaskObligation[] = [];
  const reveals: RevealGrant[] = [];
  const limits: LimitClaim[] = [];
  const shadowLimits: LimitClaim[] = [];
  const approvals: ApprovalDemand[] = [];
  let decisive: Finding | undefined;
  let rank = 0;
  for (const finding of findings) {
    const { rule, outcome } = finding;
    if (outcome === FAULT) unjudged.push(rule.id);
    const shadow = rule.mode === 'shadow';
    const due = isDue(rule, outcome, subject);
    if (due && !shadow) for (const mask of rule.masks) masks.push(mask);
    // What can't be judged, or isn't known yet, gives nothing back.
    if (outcome === TRUE && !shadow) for (const { grant } of rule.reveals) reveals.push(grant);
    if (due && rule.limitsOf) {
      for (const claim of rule.limitsOf(subject)) (shadow ? shadowLimits : limits).push(claim);
    }
    if (!matches(rule, outcome, due)) continue;
    if (shadow) {
      // What its limits would refuse is known only when the message is counted.
      if (doesMore(rule)) would.push(wouldBe(rule));
      continue;
    }
    matched.push(rule.id);
    if (rule.demand) approvals.push(rule.demand);
    if (!rule.then || RANK[rule.then] <= rank) continue;
    rank = RANK[rule.then];
    decisive = finding;
  }
  const common = { matched, would, unjudged, masks, limits, shadowLimits };
  const said = decisive && says(decisive, options.granted === true);
  const asked = said?.effect === 'approve' ? { approvals } : {};
  // What is blocked is sent nowhere.
  const revealed = said && said.effect !== 'block' ? given(reveals) : {};
  if (said) return { ...common, ...said, ...asked, ...revealed };
  return { ...common, effect: 'block', reason: 'no rule allows it', denial: 'explain' };
}

function given(reveals: readonly RevealGrant[]): Pick<Decision, 'reveals'> {
  return reveals.length > 0 ? { reveals } : {};
}

function says({ rule, outcome }: Finding, granted: boolean) {
  const { id, denial, then = 'block' } = rule;
  const effect = then === 'approve' && granted ? 'allow' : then;
  if (rule.reason) return { effect, rule: id, denial, reason: rule.reason };
  const unsure = outcome === FAULT ? ', whose condition could not be evaluated' : '';
  return { effect, rule: id, denial, reason: `${verbs[effect]} by rule ${id}${unsure}` };
}

const verbs = { allow: 'allowed', block: 'blocked', approve: 'needs approval' };

/** What can't be judged never grants and always stops (invariant 2). */
function decides(effect: Effect, outcome: Outcome): boolean {
  return effect === 'allow' ? mayHold(outcome) : cannotFail(outcome);
}

/**
 * Masks and limits protect, so they are due where the condition holds or can't be judged; what depends on the result
 * waits for it.
 */
function isDue(rule: CompiledRule, outcome: Outcome, subject: Subject): boolean {
  if (rule.readsResult && subject.result === UNKNOWN) return false;
  return mayMatter(outcome);
}

/** A rule that only reveals does nothing where it doesn't surely match. */
function matches(rule: CompiledRule, outcome: Outcome, due: boolean): boolean {
  if (rule.then) return decides(rule.then, outcome);
  return rule.masks.length + rule.limits.length > 0 ? due : outcome === TRUE;
}

function doesMore({ then, masks, reveals }: CompiledRule): boolean {
  return then !== undefined || masks.length + reveals.length > 0;
}

function wouldBe({ id, then, masks }: CompiledRule): WouldBe {
  return { rule: id, effect: then ?? (masks.length > 0 ? 'mask' : 'reveal') };
}
