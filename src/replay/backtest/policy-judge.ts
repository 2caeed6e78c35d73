import type { Effect, MaskObligation, MaskSide } from '../../model/decision.ts';
import { isObject } from '../../model/json.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { ABSENT, type Subject } from '../../policy/subject.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';
import { anyTokenPlaces } from '../recorded-tokens.ts';
import { canHold } from './can-hold.ts';
import type { Engine } from './engine.ts';
import { bothDue, type Judged, judgedOf, matchedIn, unlessStopped } from './judged.ts';
import { keyedPlaces } from './keyed-places.ts';
import { LazySubject } from './lazy-subject.ts';
import { type DueMasks, joinedMasks, type MaskEffect, maskEffect, unreadMasks } from './mask-effect.ts'; // biome-ignore format: one line says it
import { answerPart, argsAfter, messagePart } from './masked-message.ts';
import { plainSubject } from './open-condition.ts';
import { OpenRules, type RulesAbout } from './open-rules.ts';
import type { RecordedMasks } from './recorded-verdict.ts';
import { type MasksFound, openVerdict, type SureEffect, sureEffectOf, type Verdict } from './verdict.ts'; // biome-ignore format: one line says it

/** A recorded exchange while it is judged. */
interface Case {
  readonly found: RecordedCase;
  readonly subject: Subject;
  readonly rules: RulesAbout;
  readonly hidden: readonly HiddenPlace[];
  /** Masks that found something when it was recorded. */
  readonly recorded: RecordedMasks;
}

const NOTHING: readonly HiddenPlace[] = [];
const EITHER: readonly Effect[] = ['allow', 'block'];

/**
 * Judges recorded exchanges by one set of policies, as the gate would: the message, what masks leave of it, and its
 * answer. Limits and pins are not judged, and neither is what a message carries inside.
 */
export class PolicyJudge {
  /** How many exchanges each rule has matched, surely or perhaps. */
  readonly matched = new Map<string, number>();
  readonly #policies: PolicySet;
  readonly #engine: Engine;
  readonly #rules: OpenRules;
  readonly #reveals: boolean;

  constructor(policies: PolicySet, engine: Engine) {
    this.#policies = policies;
    this.#engine = engine;
    this.#rules = new OpenRules(policies);
    this.#reveals = policies.rules.some(({ reveals }) => reveals.length > 0);
  }

  /** @param recorded masks that found something when it was recorded */
  judge(found: RecordedCase, recorded: RecordedMasks): Verdict {
    const subject = new LazySubject(found);
    const about = this.#rules.about(subject);
    const one = { found, subject, rules: about, hidden: this.#hiddenUp(found, about), recorded };
    const up = this.#decide(one);
    const rules = new Set(matchedIn(up.decision));
    const verdict = this.#follow(one, up, rules);
    for (const rule of rules) this.matched.set(rule, (this.matched.get(rule) ?? 0) + 1);
    return verdict;
  }

  /** What becomes of a message by itself, whatever its answer is: when it goes on, limits count it. */
  sent(found: RecordedCase): readonly SureEffect[] {
    const subject = new LazySubject(found);
    const rules = this.#rules.about(subject);
    const recorded = { message: new Set<string>(), answer: new Set<string>() };
    const hidden = this.#hiddenUp(found, rules);
    const { possible } = this.#decide({ found, subject, rules, hidden, recorded });
    return effectsOf(possible, canHold(found));
  }

  /** What becomes of a message that was decided. */
  #follow(one: Case, up: Judged, rules: Set<string>): Verdict {
    const holds = canHold(one.found);
    const [effect = 'block', ...others] = effectsOf(up.possible, holds);
    const { rule } = up.decision;
    if (effect === 'block' && others.length === 0) return openVerdict(['block'], rule);
    const due = this.#dueUp(one, up);
    if (others.length > 0) {
      const all = [effect, ...others, ...later(one, due)];
      return openVerdict(perhapsMasked(all, due), undefined);
    }
    const masked = this.#maskUp(one, due);
    const sent = sentOf(one, masked);
    const again = sent === one ? up : this.#decide(sent);
    const [after = 'block', ...more] = effectsOf(again.possible, holds);
    // Whoever is stopped by what masks have left is stopped, also where that would need a yes.
    if (more.length > 0) {
      const all: SureEffect[] = ['block', effect, after, ...more, ...later(one, due)];
      return openVerdict(perhapsMasked(all, due), undefined);
    }
    if (after !== effect && after !== 'allow') return openVerdict(['block'], again.decision.rule);
    return this.#answered(sent, { due, masked: maskedUp(one, due, masked), rule }, after, rules);
  }

  /** The same of a call that goes on, by its answer. */
  #answered(
    sent: Case,
    { due, masked, rule }: { due: DueMasks; masked: MasksFound | undefined; rule: string | undefined }, // biome-ignore format: one line says it
    effect: SureEffect,
    rules: Set<string>,
  ): Verdict {
    const down = this.#decideAnswer(sent);
    if (down) for (const one of matchedIn(down.decision)) rules.add(one);
    const passes = !down || down.possible.includes('allow');
    if (!passes) return openVerdict(['block'], down.decision.rule);
    const masks = joinedMasks(masked, this.#maskDown(sent, due, down));
    const going = goingOn(effect, masks);
    const stops = (down?.possible.length ?? 1) > 1;
    return openVerdict(stops ? [...going, 'block'] : going, rule, masks);
  }

  /** Nothing is looked up that no rule asks for. */
  #hiddenUp(found: RecordedCase, rules: RulesAbout): readonly HiddenPlace[] {
    const facts = rules.reads(found.hiddenFacts) ? found.hiddenFacts : NOTHING;
    if (!rules.readsMessage) return facts;
    const tokens = this.#reveals ? anyTokenPlaces(found.args) : NOTHING;
    const { hiddenUp } = found;
    if (tokens.length + facts.length === 0) return hiddenUp;
    return [...hiddenUp, ...tokens, ...facts];
  }

  #decide({ found, subject, rules, hidden }: Case): Judged {
    const { grant } = methodRow(subject.request.method);
    const open = rules.judge(subject, hidden, false);
    if (grant === 'rule') {
      const decision = open?.decision ?? this.#engine.judge(subject, this.#policies);
      return judgedOf(open, decision);
    }
    // What needs no rule of its own passes for whoever may do anything, which depends on rules about anything.
    const decision = this.#engine.judge(plainSubject(subject), this.#policies);
    const facts = found.hiddenFacts.filter(
      ([root]) => grant === 'reference' || root === 'identity',
    );
    const isOpen = this.#rules.ofUpstream(subject.request.upstream).reads(facts);
    const isSaid = decision.rule !== undefined;
    if (!open) {
      const judged = judgedOf(undefined, decision);
      return isOpen && !isSaid ? { ...judged, possible: EITHER } : judged;
    }
    return judgedOf(open, open.decision, isOpen || isSaid ? EITHER : [decision.effect]);
  }

  /** What an upstream sends of its own may carry what any call here would have masked. */
  #dueUp({ found, subject }: Case, { masks }: Judged): DueMasks {
    if (found.direction === 'up') return masks;
    const more = this.#policies.masksOfUpstream(plainSubject(subject));
    return bothDue(masks, { sure: more, maybe: [] });
  }

  #maskUp({ found, recorded }: Case, due: DueMasks): MaskEffect | undefined {
    if (!isDue(due, found.direction === 'up' ? 'args' : 'result')) return undefined;
    const tokens = this.#reveals ? anyTokenPlaces(found.args) : NOTHING;
    const part = messagePart(found, [...found.hiddenUp, ...tokens]);
    return part && maskEffect(part, due, found, recorded.message, this.#engine);
  }

  /** Undefined where there is no answer, or no rule looks at it. */
  #decideAnswer({ found, subject, rules, hidden }: Case): Judged | undefined {
    if (!rules.readsResult || !found.answered) return undefined;
    const answer = found.answer ?? { result: ABSENT, error: ABSENT };
    const answered = { ...plainSubject(subject), ...answer };
    const decision = this.#policies.judgeResult(answered);
    if (!decision) return undefined;
    const open = rules.judge(answered, [...hidden, ...found.hiddenDown], true);
    const judged = judgedOf(open, open?.decision ?? decision);
    return isInterim(found) ? unlessStopped(judged) : judged;
  }

  #maskDown({ found, recorded }: Case, call: DueMasks, down: Judged | undefined) {
    const due = down ? bothDue(call, down.masks) : call;
    if (found.direction === 'down' || !isDue(due, 'result') || !found.answered) return undefined;
    const part = answerPart(found);
    if (!part) return unreadMasks('result', due, recorded.answer);
    return maskEffect(part, due, found, recorded.answer, this.#engine);
  }
}

function effectsOf(possible: readonly Effect[], holds: boolean): SureEffect[] {
  return [...new Set(possible.map((effect) => sureEffectOf(effect, holds)))];
}

/** What a message can come to once masks have changed it, or there is an answer to it. */
function later({ found, rules }: Case, due: DueMasks): readonly SureEffect[] {
  const isChanged = isJudgedAgain(found) && isDue(due, 'args') && rules.readsMessage;
  const again: readonly SureEffect[] = isChanged ? ['block', 'allow'] : [];
  if (!rules.readsResult || !found.answered) return again;
  return rules.masksByResult ? [...again, 'block', 'mask'] : [...again, 'block'];
}

/** What may be let through may be masked then. */
function perhapsMasked(effects: SureEffect[], { sure, maybe }: DueMasks): SureEffect[] {
  const isMasked = effects.includes('allow') && sure.length + maybe.length > 0;
  return isMasked ? [...effects, 'mask'] : effects;
}

/** Of all that may be masked, requests alone are judged once more as they would be sent. */
function isJudgedAgain({ direction, opened }: RecordedCase): boolean {
  return direction === 'up' && opened.detail?.kind === 'request';
}

/** What the upstream would get: a mask can change what a rule looks at, so that is judged as well. */
function sentOf(one: Case, masked: MaskEffect | undefined): Case {
  const { found, subject, hidden } = one;
  if (!masked || masked.reports.length === 0 || !isJudgedAgain(found)) return one;
  const { args, meta } = argsAfter(masked.frame, found.record.method);
  return {
    ...one,
    subject: { ...plainSubject(subject), args, meta },
    hidden: [...hidden, ...keyedPlaces(found, masked)],
  };
}

function maskedUp(
  { found, recorded }: Case,
  due: DueMasks,
  masked: MaskEffect | undefined,
): MasksFound | undefined {
  const side = found.direction === 'up' ? 'args' : 'result';
  return masked || !isDue(due, side) || found.message
    ? masked
    : unreadMasks(side, due, recorded.message);
}

function isDue({ sure, maybe }: DueMasks, side: MaskSide): boolean {
  const isOfSide = ({ sides }: MaskObligation) => sides.includes(side);
  return sure.some(isOfSide) || maybe.some(isOfSide);
}

function isInterim({ answer, record }: RecordedCase): boolean {
  const { result } = answer ?? {};
  if (result === undefined || typeof result === 'symbol' || !isObject(result)) return false;
  return methodRow(record.method).resumes === true && result.resultType === 'input_required';
}

/** What is let through may be masked; what is held is told as held, whatever is masked in it. */
function goingOn(effect: SureEffect, { sure, maybe }: MasksFound): SureEffect[] {
  if (effect !== 'allow') return [effect];
  if (sure.size > 0) return ['mask'];
  return maybe === 'any' || maybe.size > 0 ? ['allow', 'mask'] : ['allow'];
}
