import type { Decision } from '../../model/decision.ts';
import { combine, type Finding } from '../../policy/combine.ts';
import { type CompiledRule, evaluate } from '../../policy/compiled-rule.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import { type PossibleEffects, possibleEffects } from '../../policy/explain/possible-effects.ts';
import { compileGlob } from '../../policy/glob.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { Subject } from '../../policy/subject.ts';
import {
  type Hidden,
  type OpenCondition,
  openCondition,
  type Reads,
  readsHidden,
  readsOf,
} from './open-condition.ts';

/** Targets whose rules are remembered, then forgotten at once. */
const MAX_REMEMBERED = 4_096;

interface OpenRule {
  readonly rule: CompiledRule;
  readonly condition: OpenCondition | undefined;
  readonly reads: Reads;
  readonly isFor: (upstream: string) => boolean;
  readonly isAbout: (subject: Subject) => boolean;
}

/** A rule about a message with how it came out; `blind` where that depends on what is hidden. */
export interface OpenFinding extends Finding {
  readonly blind: boolean;
}

/** What can be told of a message of which something is hidden. */
export interface OpenJudgement extends PossibleEffects {
  /** The decision where it is one. */
  readonly decision: Decision;
  readonly findings: readonly OpenFinding[];
}

/** The rules about one target, with what they read. */
export class RulesAbout {
  /** They read the arguments, or `_meta`, of the message. */
  readonly readsMessage: boolean;
  /** They are judged on the way down. */
  readonly readsResult: boolean;
  /** Some of these bring masks. */
  readonly masksByResult: boolean;
  readonly #rules: readonly OpenRule[];
  readonly #answers = new WeakMap<readonly HiddenPlace[], boolean>();

  constructor(rules: readonly OpenRule[]) {
    this.#rules = rules;
    this.readsMessage = rules.some(({ reads }) => readsHidden(reads, MESSAGE));
    const down = rules.filter(({ rule }) => rule.readsResult);
    this.readsResult = down.length > 0;
    this.masksByResult = down.some(({ rule }) => rule.masks.length > 0);
  }

  /** True where one of them reads something that is hidden. Lists of places are told apart by identity. */
  reads(places: readonly HiddenPlace[]): boolean {
    if (places.length === 0) return false;
    const known = this.#answers.get(places);
    if (known !== undefined) return known;
    const found = this.#rules.some(({ reads }) => readsHidden(reads, places));
    this.#answers.set(places, found);
    return found;
  }

  /**
   * Judges a message as far as that can be told; undefined where nothing that is hidden makes a difference.
   *
   * @param granted it was let through, and this is its answer
   */
  judge(
    subject: Subject,
    places: readonly HiddenPlace[],
    granted: boolean,
  ): OpenJudgement | undefined {
    if (!this.reads(places)) return undefined;
    const findings = this.#rules.map((one) => findingOf(one, subject, places));
    if (!findings.some(({ blind }) => blind)) return undefined;
    const decision = combine(findings, subject, { granted });
    return { ...possibleEffects(findings, granted), decision, findings };
  }
}

const MESSAGE: readonly HiddenPlace[] = [['args'], ['request', 'meta']];

/** The rules of a policy set, for messages of which something is hidden. Nothing is compiled while it judges. */
export class OpenRules {
  readonly #rules: readonly OpenRule[];
  readonly #about = new Map<string, RulesAbout>();
  readonly #ofUpstream = new Map<string, RulesAbout>();

  constructor({ rules }: PolicySet) {
    this.#rules = rules.map(openRule);
  }

  /** Those about what a message names. */
  about(subject: Subject): RulesAbout {
    const { request, target } = subject;
    const key = `${request.upstream}\n${request.method}\n${target.kind}\n${target.name}`;
    const known = this.#about.get(key);
    if (known) return known;
    const { upstream } = request;
    const about = new RulesAbout(
      this.#rules.filter(({ isFor, isAbout }) => isFor(upstream) && isAbout(subject)),
    );
    if (this.#about.size >= MAX_REMEMBERED) this.#about.clear();
    this.#about.set(key, about);
    return about;
  }

  /** Those of an upstream, whatever they are about. */
  ofUpstream(upstream: string): RulesAbout {
    const known = this.#ofUpstream.get(upstream);
    if (known) return known;
    const rules = new RulesAbout(this.#rules.filter(({ isFor }) => isFor(upstream)));
    this.#ofUpstream.set(upstream, rules);
    return rules;
  }
}

function openRule(rule: CompiledRule): OpenRule {
  const { when, detectors, upstreams, on } = rule;
  const named = upstreams.map((glob) => compileGlob(glob));
  const targets = on?.map(({ kind, globs }) => {
    const separator = kind === 'resources' ? '/' : undefined;
    return { kind, tests: globs.map((glob) => compileGlob(glob, separator)) };
  });
  return {
    rule,
    condition: when && openCondition(when, detectors),
    reads: readsOf(when),
    isFor: (upstream) => named.length === 0 || named.some((test) => test(upstream)),
    isAbout: ({ request, target }) =>
      targets?.some(({ kind, tests }) => {
        if (kind !== 'methods' && kind !== target.kind) return false;
        const name = kind === 'methods' ? request.method : target.name;
        return tests.some((test) => test(name));
      }) ?? true,
  };
}

function findingOf(
  { rule, condition }: OpenRule,
  subject: Subject,
  places: readonly HiddenPlace[],
): OpenFinding {
  if (!condition) return { rule, outcome: evaluate(rule, subject), blind: false };
  const hidden: Hidden = { places, looked: false };
  const outcome = condition(subject, hidden);
  const isOpen = (outcome & (outcome - 1)) !== 0;
  return { rule, outcome, blind: hidden.looked && isOpen };
}
