import { atOnce } from '../document/at-once.ts';
import type { ApprovalDemand } from '../model/approval.ts';
import type { Decision, MaskObligation } from '../model/decision.ts';
import type { Identity } from '../model/identity.ts';
import { ofKey } from '../model/of-key.ts';
import { combine, type Finding } from './combine.ts';
import { type CompiledRule, evaluate } from './compiled-rule.ts';
import { type Coverage, coverageOfTemplate, coverageOfUse } from './coverage.ts';
import { compileGlob } from './glob.ts';
import { openSubject } from './index/partial.ts';
import { type Remaining, RemainingRules } from './index/remaining-rules.ts';
import { type AskedTarget, RuleIndex } from './index/rule-index.ts';
import { cannotFail, FALSE, mayHold, mayMatter, type Outcome } from './outcome.ts';
import type { Prospect, Subject, Use } from './subject.ts';

/** What a set of policies has been asked for: the targets of each upstream, the last ones at least. */
export type Asked = ReadonlyMap<string, readonly AskedTarget[]>;

/** Targets of one upstream that a set is prepared for. What is left is found when it is asked for. */
const MOST_PREPARED = 64;
/** Rules between two rests. */
const STEP = 1_000;

/** All policies of one revision, compiled. Immutable; a reload makes another. */
export class PolicySet {
  readonly revision: string;
  readonly rules: readonly CompiledRule[];
  readonly #indexes = new Map<string, RuleIndex>();
  readonly #remaining = new RemainingRules();
  readonly #mayAnything = new WeakMap<Identity, Map<string, boolean>>();
  readonly #masks = new WeakMap<Identity, Map<string, readonly MaskObligation[]>>();
  #demands: ReadonlyMap<string, ApprovalDemand> | undefined;
  readonly #prospects = new WeakMap<Identity, Map<string, Map<Use, Prospect>>>();

  constructor(revision: string, rules: readonly CompiledRule[]) {
    this.revision = revision;
    this.rules = rules;
  }

  get asked(): Asked {
    return new Map(
      [...this.#indexes].map(([upstream, index]) => [upstream, index.lastAsked(MOST_PREPARED)]),
    );
  }

  /** Gets ready, in steps, for what a set before this one was asked for, so that the first messages don't wait. */
  *prepare(asked: Asked): Generator<void> {
    for (const [upstream, targets] of asked) {
      const index = this.#indexes.get(upstream) ?? (yield* this.#indexInSteps(upstream));
      this.#indexes.set(upstream, index);
      for (const { target, method } of targets) {
        yield* this.#remaining.prepare(index.about(target, method));
        yield;
      }
    }
  }

  /**
   * Judges a message on its way up. What rules say of the result is left for {@link judgeResult}.
   *
   * @param options.granted people have said yes to it, so that an `approve` is settled; a `block` is not.
   */
  judge(subject: Subject, options: { readonly granted?: boolean } = {}): Decision {
    return combine(this.#about(subject).selection.findings(subject), subject, options);
  }

  /** What the rule of an id asks for before a call may go on; undefined where there is none, or it asks for nothing. */
  demandOf(id: string): ApprovalDemand | undefined {
    this.#demands ??= new Map(
      this.rules.flatMap(({ demand }) => (demand ? [[demand.rule, demand]] : [])),
    );
    return this.#demands.get(id);
  }

  /** Judges the answer to a message that was let through; undefined where no rule looks at results. */
  judgeResult(subject: Subject): Decision | undefined {
    const { selection, readsResult } = this.#about(subject);
    if (!readsResult) return undefined;
    return combine(selection.findings(subject), subject, { granted: true });
  }

  /** True unless no arguments at all could make a call of this target be let through. */
  couldAllow(subject: Subject): boolean {
    return passes(this.#about(subject).selection.findings(subject));
  }

  /** The same for a URI template (RFC 6570): true unless none of its expansions could be read. */
  couldAllowTemplate(subject: Subject): boolean {
    const { name } = subject.target;
    const any = { ...subject, anyMessage: true } as const;
    return passes(this.#covering(any, (rule) => coverageOfTemplate(rule, name)));
  }

  /**
   * What rules can come to for messages of a kind between the caller and the upstream of a subject, whatever else the
   * subject says. Found once for each caller, upstream and use; uses are told apart by identity.
   */
  prospect(subject: Subject, use: Use): Prospect {
    const { identity, request } = subject;
    const upstreams = ofKey(this.#prospects, identity, () => new Map<string, Map<Use, Prospect>>());
    const uses = ofKey(upstreams, request.upstream, () => new Map<Use, Prospect>());
    return ofKey(uses, use, () => this.#prospect(subject, use));
  }

  /**
   * Judges a message of the session itself (the handshake, a ping, a list). It needs no rule of its own: it passes for
   * a caller whom some rule can let do something here, unless a rule blocks it.
   */
  judgeSession(subject: Subject): Decision {
    const decision = this.judge(subject);
    if (decision.effect !== 'block' || decision.rule !== undefined) return decision;
    const { identity, request } = subject;
    if (!this.#couldAllowAnything(subject)) {
      const reason = `no rule lets ${identity.sub} do anything on ${request.upstream}`;
      return { ...decision, reason };
    }
    return { ...decision, effect: 'allow', reason: 'part of every session' };
  }

  /** Masks that may be due on a message that no call explains, such as a notification of the server's own. */
  masksOfUpstream(subject: Subject): readonly MaskObligation[] {
    const { identity, request } = subject;
    const known = ofKey(this.#masks, identity, () => new Map<string, readonly MaskObligation[]>());
    return ofKey(known, request.upstream, () => {
      const open = openSubject(subject);
      return this.#ofUpstream(subject).flatMap((rule) => {
        if (rule.mode === 'shadow' || rule.masks.length === 0) return [];
        return mayMatter(evaluate(rule, open)) ? rule.masks : [];
      });
    });
  }

  #couldAllowAnything(subject: Subject): boolean {
    const { identity, request } = subject;
    const known = ofKey(this.#mayAnything, identity, () => new Map<string, boolean>());
    return ofKey(known, request.upstream, () => {
      const open = openSubject(subject);
      return this.#ofUpstream(subject).some((rule) => {
        return rule.mode === 'enforce' && grants(rule, evaluate(rule, open));
      });
    });
  }

  #prospect(subject: Subject, { kind, method, known, down }: Use): Prospect {
    const open = { ...openSubject(subject), ...(known && { known }) };
    const enforced = this.#covering(open, (rule) => coverageOfUse(rule, kind, method)).filter(
      ({ rule }) => rule.mode === 'enforce',
    );
    const stops = ({ then }: CompiledRule) => then === 'block' || (down && then === 'approve');
    if (enforced.some(({ rule, outcome }) => stops(rule) && cannotFail(outcome))) return 'stopped';
    const granted = enforced.some(({ rule, outcome }) => !stops(rule) && grants(rule, outcome));
    return granted ? 'granted' : 'open';
  }

  /** Findings for several messages at once: a rule that is about some of them may as well be false. */
  #covering(subject: Subject, coverage: (rule: CompiledRule) => Coverage): Finding[] {
    const findings: Finding[] = [];
    for (const rule of this.#ofUpstream(subject)) {
      const covers = coverage(rule);
      if (covers === 'none') continue;
      const outcome = evaluate(rule, subject);
      findings.push({ rule, outcome: covers === 'all' ? outcome : outcome | FALSE });
    }
    return findings;
  }

  /** Rules that can come to anything for the caller, about its message. */
  #about(subject: Subject): Remaining {
    const { target, request } = subject;
    return this.#remaining.of(this.#index(request.upstream).about(target, request.method), subject);
  }

  /** Rules that can come to anything for the caller, about any message. */
  #ofUpstream(subject: Subject): readonly CompiledRule[] {
    const { rules } = this.#index(subject.request.upstream);
    return this.#remaining.of(rules, subject).selection.rules;
  }

  #index(upstream: string): RuleIndex {
    const known = this.#indexes.get(upstream);
    if (known) return known;
    const index = atOnce(this.#indexInSteps(upstream));
    this.#indexes.set(upstream, index);
    return index;
  }

  *#indexInSteps(upstream: string): Generator<void, RuleIndex> {
    const fits = new Map<readonly string[], boolean>();
    const rules: CompiledRule[] = [];
    for (const [order, rule] of this.rules.entries()) {
      if (order % STEP === STEP - 1) yield;
      const { upstreams } = rule;
      const isFor =
        upstreams.length === 0 ||
        ofKey(fits, upstreams, () => upstreams.some((glob) => compileGlob(glob)(upstream)));
      if (isFor) rules.push(rule);
    }
    return yield* RuleIndex.inSteps(rules);
  }
}

/** Something may allow it, and nothing surely blocks it. */
function passes(findings: readonly Finding[]): boolean {
  const enforced = findings.filter(({ rule }) => rule.mode === 'enforce');
  if (enforced.some(({ rule, outcome }) => rule.then === 'block' && cannotFail(outcome)))
    return false;
  return enforced.some(({ rule, outcome }) => grants(rule, outcome));
}

/** In some possibility the rule lets the message through; what can't be judged still asks for approval. */
function grants({ then }: CompiledRule, outcome: Outcome): boolean {
  return then === 'allow' ? mayHold(outcome) : then === 'approve' && mayMatter(outcome);
}
