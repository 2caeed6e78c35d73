import type { LimitClaim, MaskObligation } from '../../model/decision.ts';
import type { Finding } from '../../policy/combine.ts';
import type { CompiledRule } from '../../policy/compiled-rule.ts';
import { type HiddenPlace, touchesHidden } from '../../policy/explain/explain-hidden.ts';
import { mayMatter } from '../../policy/outcome.ts';
import { PolicySet } from '../../policy/policy-set.ts';
import { ABSENT, type Subject } from '../../policy/subject.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';
import { anyTokenPlaces } from '../recorded-tokens.ts';
import type { Engine } from './engine.ts';
import { keyedPlaces } from './keyed-places.ts';
import { LazySubject } from './lazy-subject.ts';
import { maskEffect } from './mask-effect.ts';
import { argsAfter, messagePart } from './masked-message.ts';
import { plainSubject } from './open-condition.ts';
import { OpenRules } from './open-rules.ts';

/** One count that a message takes its part of, as far as that can be told. */
export interface DueClaim extends LimitClaim {
  /** Which limit of its rule it is. */
  readonly limit: number;
  /** What can't be told: whether the rule is about the message (`due`), or by what it counts (`key`). */
  readonly doubt?: 'due' | 'key';
}

interface Asked {
  readonly subject: Subject;
  readonly hidden: readonly HiddenPlace[];
}

const NONE: readonly DueClaim[] = [];
const NOTHING: readonly HiddenPlace[] = [];
const MESSAGE: readonly HiddenPlace[] = [['args'], ['request', 'meta']];

/** What recorded messages claim of the limits of one set of policies. Limits of shadow rules refuse nothing. */
export class LimitClaims {
  /** False where no rule in force has a limit. */
  readonly any: boolean;
  readonly #engine: Engine;
  readonly #policies: PolicySet;
  readonly #limited: PolicySet;
  readonly #open: OpenRules;
  readonly #rules: ReadonlyMap<string, CompiledRule>;
  readonly #reveals: boolean;
  /** Some are counted by what a message says, and masks may change that. */
  readonly #byMessage: boolean;
  /** Those that mask arguments; undefined where none does. */
  readonly #masking: OpenRules | undefined;

  constructor(policies: PolicySet, engine: Engine) {
    // Limits add up, whatever other rules say, so that those with limits are enough to tell them.
    const limited = policies.rules.filter(({ mode, limitsOf }) => mode === 'enforce' && limitsOf);
    this.any = limited.length > 0;
    this.#engine = engine;
    this.#policies = policies;
    this.#limited = new PolicySet(policies.revision, limited);
    this.#open = new OpenRules(this.#limited);
    this.#rules = new Map(limited.map((rule) => [rule.id, rule]));
    this.#reveals = policies.rules.some(({ reveals }) => reveals.length > 0);
    const paths = limited.flatMap(({ limits }) => limits.flatMap(({ by }) => by));
    this.#byMessage = paths.some(({ path: [root, next] }) => root === 'args' || next === 'meta');
    const masking = policies.rules.filter(({ masks }) => masks.some(isOfArgs));
    const isAny = masking.length > 0;
    this.#masking = isAny ? new OpenRules(new PolicySet(policies.revision, masking)) : undefined;
  }

  /** What a message claims when it goes on. */
  of(found: RecordedCase): readonly DueClaim[] {
    const { method } = found.record;
    if (!this.any || this.#engine.isNeverCounted(found.opened.detail?.kind, method)) return NONE;
    const subject = new LazySubject(found);
    const about = this.#open.about(subject);
    const reads = this.#byMessage || about.readsMessage;
    const asked = this.#sent(found, { subject, hidden: this.#hidden(found, reads) }, reads);
    const open = about.judge(asked.subject, asked.hidden, false);
    if (open) return open.findings.flatMap((one) => claimsOf(one, asked, one.blind));
    const { limits } = this.#limited.judge(asked.subject);
    const rules = new Set(limits.map(({ rule }) => rule));
    return [...rules].flatMap((id) => {
      const own = limits.filter(({ rule }) => rule === id);
      return own.map((claim, limit) => dueOf(claim, limit, this.#rules.get(id), asked.hidden));
    });
  }

  /** Nothing is looked up that nobody asks for. */
  #hidden(found: RecordedCase, reads: boolean): readonly HiddenPlace[] {
    const { hiddenFacts } = found;
    if (!reads) return hiddenFacts;
    const tokens = this.#reveals ? anyTokenPlaces(found.args) : NOTHING;
    const { hiddenUp } = found;
    if (hiddenUp.length + tokens.length === 0) return hiddenFacts;
    return [...hiddenUp, ...tokens, ...hiddenFacts];
  }

  #mayMask(subject: Subject, hidden: readonly HiddenPlace[]): boolean {
    const open = this.#masking?.about(subject).judge(subject, hidden, false);
    return open?.findings.some(({ rule, blind }) => blind && rule.mode === 'enforce') ?? false;
  }

  /** Limits count what is sent, which masks may have changed; what concerns a task is judged without what it says. */
  #sent(found: RecordedCase, asked: Asked, reads: boolean): Asked {
    const { direction, opened, record } = found;
    const { subject, hidden } = asked;
    if (methodRow(record.method).grant === 'task') {
      return { subject: { ...plainSubject(subject), args: {}, meta: ABSENT }, hidden };
    }
    const isRequest = direction === 'up' && opened.detail?.kind === 'request';
    if (!reads || !this.#masking || !isRequest) return asked;
    // Where it is not known whether a mask is due, nothing is known of what is sent.
    if (this.#mayMask(subject, hidden)) return { subject, hidden: [...hidden, ...MESSAGE] };
    const sure = this.#policies.judge(plainSubject(subject)).masks.filter(isOfArgs);
    const part = sure.length > 0 ? messagePart(found, hidden) : undefined;
    const masked = part && maskEffect(part, { sure, maybe: [] }, found, new Set(), this.#engine);
    if (!masked || masked.reports.length === 0) return asked;
    const after = argsAfter(masked.frame, record.method);
    return {
      subject: { ...plainSubject(subject), ...after },
      hidden: [...hidden, ...keyedPlaces(found, masked)],
    };
  }
}

function isOfArgs({ sides }: MaskObligation): boolean {
  return sides.includes('args');
}

function claimsOf(
  { rule, outcome }: Finding,
  { subject, hidden }: Asked,
  blind: boolean,
): readonly DueClaim[] {
  if (!rule.limitsOf || !mayMatter(outcome)) return NONE;
  return rule.limitsOf(subject).map((claim, limit) => {
    const due = dueOf(claim, limit, rule, hidden);
    return blind && !due.doubt ? { ...due, doubt: 'due' } : due;
  });
}

function dueOf(
  claim: LimitClaim,
  limit: number,
  rule: CompiledRule | undefined,
  hidden: readonly HiddenPlace[],
): DueClaim {
  const by = rule?.limits[limit]?.by ?? [];
  const isHidden = hidden.length > 0 && by.some(({ path }) => touchesHidden(path, hidden));
  return { ...claim, limit, ...(isHidden && { doubt: 'key' }) };
}
