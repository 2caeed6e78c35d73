import type { Effect } from '../../model/decision.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { cannotFail, mayHold, mayMatter, type Outcome, TRUE } from '../outcome.ts';

/** A rule about a message with how it came out; `blind` where that depends on what is hidden. */
interface OpenFinding {
  readonly rule: Pick<CompiledRule, 'mode' | 'then'>;
  readonly outcome: Outcome;
  readonly blind: boolean;
}

export interface PossibleEffects {
  /** All effects that rules can decide. */
  readonly possible: readonly Effect[];
  /** It may also be that none decides. */
  readonly undecided: boolean;
}

/** Every effect that the rules can come to; rules are taken as if they had nothing to do with each other. */
export function possibleEffects(
  findings: readonly OpenFinding[],
  granted: boolean,
): PossibleEffects {
  const enforced = findings.filter(({ rule }) => rule.mode === 'enforce');
  const of = (effect: Effect) => enforced.filter(({ rule }) => rule.then === effect);
  const surely = (effect: Effect) => of(effect).some(({ outcome }) => cannotFail(outcome));
  const maybe = (effect: Effect) =>
    of(effect).some(({ blind, outcome }) => (blind ? mayMatter : cannotFail)(outcome));
  const allows = of('allow').some(({ outcome }) => mayHold(outcome));
  const allowed = of('allow').some(({ blind, outcome }) =>
    blind ? outcome === TRUE : mayHold(outcome),
  );
  if (surely('block')) return { possible: ['block'], undecided: false };
  const asks = surely('approve');
  const block: Effect[] = maybe('block') ? ['block'] : [];
  const approve: Effect[] = maybe('approve') ? [granted ? 'allow' : 'approve'] : [];
  const allow: Effect[] = allows && !(asks && !granted) ? ['allow'] : [];
  return {
    possible: [...new Set([...block, ...approve, ...allow])],
    undecided: !allowed && !asks,
  };
}
