import type { Identity } from '../../model/identity.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import type { Subject } from '../subject.ts';
import { remainingFor } from './partial.ts';
import { RuleSelection } from './rule-selection.ts';

/** Past so many kept rules all is forgotten at once, for callers come from outside. */
const MAX_KEPT = 1_000_000;
/** What keeping none costs still. */
const BASE = 16;

/** What is left of some rules for one caller. */
export interface Remaining {
  readonly selection: RuleSelection;
  /** Some of the rules look at results, whether any of those is left or not. */
  readonly readsResult: boolean;
}

/** Remembers which rules can come to anything for a caller. Lists of rules are told apart by identity. */
export class RemainingRules {
  #known = new WeakMap<Identity, WeakMap<readonly CompiledRule[], Remaining>>();
  #whole = new WeakMap<readonly CompiledRule[], RuleSelection>();
  readonly #most: number;
  #kept = 0;

  /** @param most rules that are kept for all callers together. */
  constructor(most = MAX_KEPT) {
    this.#most = most;
  }

  /** What is left of the rules of an upstream for the caller of a subject. */
  of(rules: readonly CompiledRule[], subject: Subject): Remaining {
    const known = this.#known.get(subject.identity)?.get(rules);
    return known ?? this.#find(rules, subject);
  }

  /** Gets ready, in steps, for rules of which nothing drops out for any caller. Others wait for their caller. */
  *prepare(rules: readonly CompiledRule[]): Generator<void> {
    if (rules.some(({ asksCaller }) => asksCaller)) return;
    yield* this.#all(rules).prepare();
  }

  #find(rules: readonly CompiledRule[], subject: Subject): Remaining {
    const left = remainingFor(rules, subject);
    const selection = left === rules ? this.#all(rules) : this.#keep(left);
    const found = { selection, readsResult: rules.some((rule) => rule.readsResult) };
    const lists = this.#known.get(subject.identity) ?? new WeakMap();
    this.#known.set(subject.identity, lists.set(rules, found));
    return found;
  }

  /** Callers for whom nothing drops out share one selection. */
  #all(rules: readonly CompiledRule[]): RuleSelection {
    const known = this.#whole.get(rules);
    if (known) return known;
    const selection = this.#keep(rules);
    this.#whole.set(rules, selection);
    return selection;
  }

  #keep(rules: readonly CompiledRule[]): RuleSelection {
    this.#kept += rules.length + BASE;
    if (this.#kept > this.#most) {
      this.#known = new WeakMap();
      this.#whole = new WeakMap();
      this.#kept = rules.length + BASE;
    }
    return new RuleSelection(rules);
  }
}
