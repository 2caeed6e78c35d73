import type { Decision, MaskObligation } from '../model/decision.ts';
import type { Identity } from '../model/identity.ts';
import { combine, type Finding } from './combine.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { compileGlob } from './glob.ts';
import { cannotFail, FALSE, FAULT, mayHold, mayMatter, type Outcome } from './outcome.ts';
import { RuleIndex } from './rule-index.ts';
import { type Prospect, type Subject, UNKNOWN, type Use } from './subject.ts';

/** All policies of one revision, compiled. Immutable; a reload makes another. */
export class PolicySet {
  readonly revision: string;
  readonly rules: readonly CompiledRule[];
  readonly #indexes = new Map<string, RuleIndex>();
  readonly #mayAnything = new WeakMap<Identity, Map<string, boolean>>();
  readonly #prospects = new WeakMap<Identity, Map<string, Map<Use, Prospect>>>();

  constructor(revision: string, rules: readonly CompiledRule[]) {
    this.revision = revision;
    this.rules = rules;
  }

  /** Judges a message on its way up. What rules say of the result is left for {@link judgeResult}. */
  judge(subject: Subject): Decision {
    return combine(this.#findings(subject), subject);
  }

  /** Judges the answer to a message that was let through; undefined where no rule looks at results. */
  judgeResult(subject: Subject): Decision | undefined {
    const rules = this.#about(subject);
    if (!rules.some((rule) => rule.readsResult)) return undefined;
    return combine(this.#findings(subject), subject, { granted: true });
  }

  /** True unless no arguments at all could make a call of this target be let through. */
  couldAllow(subject: Subject): boolean {
    return passes(this.#findings(subject));
  }

  /** The same for a URI template (RFC 6570): true unless none of its expansions could be read. */
  couldAllowTemplate(subject: Subject): boolean {
    const found = this.#index(subject.request.upstream).aboutTemplate(subject.target.name);
    return passes(
      found.map(({ rule, covers }) => {
        const outcome = evaluate(rule, { ...subject, anyMessage: true });
        return { rule, outcome: covers === 'all' ? outcome : outcome | FALSE };
      }),
    );
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
    const findings = this.#findings(subject);
    const decision = combine(findings, subject);
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
    const open = openSubject(subject);
    return this.#index(subject.request.upstream).rules.flatMap((rule) => {
      if (rule.mode === 'shadow' || rule.masks.length === 0) return [];
      return mayMatter(evaluate(rule, open)) ? rule.masks : [];
    });
  }

  #couldAllowAnything(subject: Subject): boolean {
    const { identity, request } = subject;
    const known = this.#mayAnything.get(identity) ?? new Map<string, boolean>();
    this.#mayAnything.set(identity, known);
    const before = known.get(request.upstream);
    if (before !== undefined) return before;
    const open = openSubject(subject);
    const could = this.#index(request.upstream).rules.some((rule) => {
      return rule.mode === 'enforce' && grants(rule, evaluate(rule, open));
    });
    known.set(request.upstream, could);
    return could;
  }

  #prospect(subject: Subject, { kind, method, known, down }: Use): Prospect {
    const open = { ...openSubject(subject), ...(known && { known }) };
    const enforced = this.#index(subject.request.upstream)
      .aboutUse(kind, method)
      .filter(({ rule }) => rule.mode === 'enforce')
      .map(({ rule, covers }) => {
        const outcome = evaluate(rule, open);
        return { rule, outcome: covers === 'all' ? outcome : outcome | FALSE };
      });
    const stops = ({ then }: CompiledRule) => then === 'block' || (down && then === 'approve');
    if (enforced.some(({ rule, outcome }) => stops(rule) && cannotFail(outcome))) return 'stopped';
    const granted = enforced.some(({ rule, outcome }) => !stops(rule) && grants(rule, outcome));
    return granted ? 'granted' : 'open';
  }

  #findings(subject: Subject): Finding[] {
    return this.#about(subject).map((rule) => ({ rule, outcome: evaluate(rule, subject) }));
  }

  #about({ target, request }: Subject): readonly CompiledRule[] {
    return this.#index(request.upstream).about(target, request.method);
  }

  #index(upstream: string): RuleIndex {
    const known = this.#indexes.get(upstream);
    if (known) return known;
    const index = new RuleIndex(
      this.rules.filter(
        ({ upstreams }) =>
          upstreams.length === 0 || upstreams.some((glob) => compileGlob(glob)(upstream)),
      ),
    );
    this.#indexes.set(upstream, index);
    return index;
  }
}

/** The value of a key, made where there is none. */
function ofKey<Key extends object | string, Value>(
  known: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
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

/** The same caller with everything about the message left open. */
function openSubject(subject: Subject): Subject {
  const open = {
    args: UNKNOWN,
    meta: UNKNOWN,
    result: UNKNOWN,
    error: UNKNOWN,
    tool: UNKNOWN,
  } as const;
  return { ...subject, ...open, anyMessage: true };
}

/** A condition that throws can't be judged; what follows from that is the combination's business. */
function evaluate(rule: CompiledRule, subject: Subject): Outcome {
  try {
    return rule.holds(subject);
  } catch {
    return FAULT;
  }
}
