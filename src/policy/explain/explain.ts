import type { Decision, Effect } from '../../model/decision.ts';
import type { Position } from '../../model/position.ts';
import type { Rule } from '../ast.ts';
import { combine } from '../combine.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { compileGlob } from '../glob.ts';
import { FAULT, type Outcome, TRUE } from '../outcome.ts';
import type { PolicySet } from '../policy-set.ts';
import { type Subject, UNKNOWN } from '../subject.ts';
import { type ConditionFinding, explainCondition, type Sign, signOf } from './explain-condition.ts';
import type { HiddenPlace } from './explain-hidden.ts';
import { possibleEffects } from './possible-effects.ts';

/**
 * What part a rule had: it `decided`; it `matched` and another decided; it `would` have, in shadow mode; it is about
 * the message and `missed` it; or it is about other messages.
 */
export type Part = 'decided' | 'matched' | 'would' | 'missed' | 'unrelated';

export interface RuleFinding {
  readonly id: string;
  readonly at: Position;
  readonly effect: Effect | 'mask' | 'reveal';
  readonly mode: 'enforce' | 'shadow';
  readonly part: Part;
  /** One sentence. */
  readonly why: string;
  /** What its condition came out as; left out of a rule that is about other messages. */
  readonly outcome?: Sign;
  /** Left out where the rule has none, or is about other messages. */
  readonly condition?: ConditionFinding;
  /** How many tests would have to come out otherwise for the condition to hold. */
  readonly misses: number;
}

/** Why a message was decided as it was. */
export interface Explanation {
  readonly decision: Decision;
  /** Every effect that the decision could have, more than one where it depends on what is hidden. */
  readonly possible: readonly Effect[];
  /** All rules, in reading order. */
  readonly rules: readonly RuleFinding[];
}

export interface ExplainOptions {
  /** Gives the decision where the message needs no rule of its own; left out: the policies' own judgement. */
  readonly judge?: (subject: Subject) => Decision;
  /** Places of the subject whose values are masked, cut or gone. */
  readonly hidden?: readonly HiddenPlace[];
}

interface Judged {
  readonly rule: CompiledRule;
  readonly about: 'upstream' | 'on' | undefined;
  readonly outcome: Outcome;
  readonly condition: ConditionFinding | undefined;
}

/** Explains the decision on one subject, rule by rule. With a result, it is the decision on the answer. */
export function explain(
  policies: PolicySet,
  subject: Subject,
  { judge, hidden = [] }: ExplainOptions = {},
): Explanation {
  const judged = policies.rules.map((rule) => judgeRule(rule, subject, hidden));
  const about = judged.filter((one) => one.about === undefined);
  const granted = subject.result !== UNKNOWN;
  const own = granted ? policies.judgeResult.bind(policies) : policies.judge.bind(policies);
  const decide = judge ?? ((one: Subject) => own(one) ?? policies.judge(one));
  const possible = hidden.length === 0 ? undefined : effectsOf(about, granted);
  // Findings that look away from what is hidden may be combined here only: the engine would take a mask for a value.
  const blind = about.some(isBlind) ? combine(about, subject, { granted }) : undefined;
  const decision = blind && (blind.rule !== undefined || !judge) ? blind : decide(subject);
  const rules = judged.map((one) => findingOf(one, decision));
  return { decision, possible: possible ?? [decision.effect], rules };
}

function judgeRule(rule: CompiledRule, subject: Subject, hidden: readonly HiddenPlace[]): Judged {
  const about = unrelated(rule, subject);
  if (about !== undefined) return { rule, about, outcome: FAULT, condition: undefined };
  if (!rule.when) return { rule, about, outcome: TRUE, condition: undefined };
  const { finding, outcome } = explainCondition(rule.when, subject, {
    hidden,
    detectors: rule.detectors,
  });
  const root = hidden.length > 0 ? outcome : evaluate(rule, subject);
  return { rule, about, outcome: root, condition: { ...finding, outcome: signOf(root) } };
}

function evaluate(rule: CompiledRule, subject: Subject): Outcome {
  try {
    return rule.holds(subject);
  } catch {
    return FAULT;
  }
}

/** Why a rule is not about a message; undefined where it is. */
function unrelated(rule: Rule, { request, target }: Subject): Judged['about'] {
  const { upstreams, on } = rule;
  const here = upstreams.length === 0 || upstreams.some((it) => compileGlob(it)(request.upstream));
  if (!here) return 'upstream';
  if (!on) return undefined;
  const fits = on.some(({ kind, globs }) => {
    const name = kind === 'methods' ? request.method : target.name;
    if (kind !== 'methods' && kind !== target.kind) return false;
    const separator = kind === 'resources' ? '/' : undefined;
    return globs.some((glob) => compileGlob(glob, separator)(name));
  });
  return fits ? undefined : 'on';
}

/** Every effect that the decision can have: where no rule decides, it is a block. */
function effectsOf(judged: readonly Judged[], granted: boolean): Effect[] {
  const findings = judged.map((one) => ({ ...one, blind: isBlind(one) }));
  const { possible, undecided } = possibleEffects(findings, granted);
  return [...new Set<Effect>([...(undecided ? ['block' as const] : []), ...possible])];
}

/** Its outcome depends on what is hidden, and not only on what the way down will show. */
function isBlind({ condition }: Judged): boolean {
  return condition !== undefined && looksAtHidden(condition);
}

function looksAtHidden(finding: ConditionFinding): boolean {
  if (finding.outcome !== 'open') return false;
  if (finding.kind === 'cel') return true;
  if (finding.kind === 'test') return finding.seen.some(({ kind }) => kind === 'hidden');
  return finding.of.some(looksAtHidden);
}

function findingOf(judged: Judged, decision: Decision): RuleFinding {
  const { rule, about, outcome, condition } = judged;
  const { id, at, mode } = rule;
  const part = partOf(judged, decision);
  return {
    ...{ id, at, mode, part },
    effect: effectOf(rule),
    why: whyOf(judged, part, decision),
    ...(about === undefined ? { outcome: signOf(outcome) } : {}),
    ...(condition === undefined ? {} : { condition }),
    misses: condition === undefined ? 0 : distance(condition, true),
  };
}

function partOf({ rule, about }: Judged, decision: Decision): Part {
  if (about !== undefined) return 'unrelated';
  if (decision.rule === rule.id) return 'decided';
  if (decision.matched.includes(rule.id)) return 'matched';
  return decision.would.some((one) => one.rule === rule.id) ? 'would' : 'missed';
}

function whyOf({ rule, about, outcome }: Judged, part: Part, decision: Decision): string {
  const { then, mode } = rule;
  if (about === 'upstream') return `it is for ${rule.upstreams.join(', ')}`;
  if (about === 'on') return `it is on ${textOfOn(rule)}`;
  const unsure = outcome === FAULT ? "its condition can't be judged" : undefined;
  switch (part) {
    case 'decided':
      return unsure ? `${unsure}, and what can't be judged never helps the caller` : 'it decides';
    case 'would':
      return `it is in shadow mode, and would ${effectOf(rule)}`;
    case 'matched': {
      const head = unsure ?? (rule.when ? 'its condition holds' : 'it has no condition');
      if (then === undefined) return `${head}, so ${whatIsDue(rule, decision)}; it grants nothing`;
      if (then === 'approve' && then === decision.effect) {
        return `${head}, so that it asks for approval as well as ${decision.rule}`;
      }
      if (then === decision.effect) return `${head}, as does that of ${decision.rule}`;
      return `${head}, but ${decision.rule} comes first: block before approve before allow`;
    }
    case 'missed': {
      const shadow = mode === 'shadow' ? ' (in shadow mode)' : '';
      if (unsure && then === 'allow') return `${unsure}, so it does not allow${shadow}`;
      if (unsure && effectOf(rule) === 'reveal')
        return `${unsure}, so it puts nothing back${shadow}`;
      if (outcome & (outcome - 1)) return `it depends on what is not known here${shadow}`;
      return `its condition does not hold${shadow}`;
    }
    case 'unrelated':
      return 'it is about other messages';
  }
}

/** A rule without `then` masks, unless all that it does is to put tokens back. */
function effectOf({ then, masks, limits, reveals }: Rule): Effect | 'mask' | 'reveal' {
  return then ?? (reveals.length > 0 && masks.length + limits.length === 0 ? 'reveal' : 'mask');
}

function whatIsDue(rule: Rule, { reveals = [] }: Decision): string {
  const puts = reveals.some((grant) => grant.rule === rule.id);
  if (effectOf(rule) === 'reveal') return puts ? 'tokens are put back' : 'tokens would be put back';
  return puts ? 'its masks are due and tokens are put back' : 'its masks are due';
}

function textOfOn({ on = [] }: Rule): string {
  return on.map(({ kind, globs }) => `${kind} ${globs.join(', ')}`).join('; ');
}

/** How many tests would have to come out otherwise for a condition to come out as wanted. */
function distance(finding: ConditionFinding, wanted: boolean): number {
  switch (finding.kind) {
    case 'not':
      return finding.of.reduce((sum, part) => sum + distance(part, !wanted), 0);
    case 'all':
    case 'any': {
      const parts = finding.of.map((part) => distance(part, wanted));
      if ((finding.kind === 'all') === wanted) return parts.reduce((sum, one) => sum + one, 0);
      return parts.length === 0 ? 1 : Math.min(...parts);
    }
    case 'cel':
    case 'test':
      return finding.outcome === String(wanted) ? 0 : 1;
  }
}
