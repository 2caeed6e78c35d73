import type { Effect } from '../../model/decision.ts';

/**
 * What becomes of an exchange: let through, let through with something in it masked, held, let through by the rules and
 * refused by the limit of one, stopped.
 */
export const outcomes = ['allow', 'mask', 'approve', 'limit', 'block', 'indeterminate'] as const;
/** `indeterminate`: it depends on what is masked, cut or was never recorded. */
export type BacktestEffect = (typeof outcomes)[number];
export type SureEffect = Exclude<BacktestEffect, 'indeterminate'>;

/** Masks that found something, each as `what with`: `email redact`. */
export interface MasksFound {
  readonly sure: ReadonlySet<string>;
  /** May have found something as well. */
  readonly maybe: ReadonlySet<string> | 'any';
}

/** What policies make of an exchange. */
export interface Verdict {
  readonly effect: BacktestEffect;
  /** All that it can be; one unless it is indeterminate. */
  readonly possible: readonly SureEffect[];
  /** The rule that decided; left out where none did, or it can't be told. */
  readonly rule?: string;
  readonly masks: MasksFound;
}

/** How two verdicts differ: in what becomes of the exchange, or only in what is masked in it. */
export type Difference = 'effect' | 'masks';

export const NO_MASKS: MasksFound = { sure: new Set(), maybe: new Set() };

/** A verdict that is one effect for sure. */
export function sureVerdict(
  effect: SureEffect,
  rule: string | undefined,
  masks: MasksFound = NO_MASKS,
): Verdict {
  return { effect, possible: [effect], masks, ...(rule === undefined ? {} : { rule }) };
}

/** A verdict that is one of several; of one alone it is sure. */
export function openVerdict(
  possible: readonly SureEffect[],
  rule: string | undefined,
  masks: MasksFound = NO_MASKS,
): Verdict {
  const each = [...new Set(possible)];
  const [only, ...others] = each;
  if (only && others.length === 0) return sureVerdict(only, rule, masks);
  return { effect: 'indeterminate', possible: each, masks };
}

/** How they differ for sure; undefined where they may be the same. */
export function differenceOf(before: Verdict, after: Verdict): Difference | undefined {
  if (!before.possible.some((effect) => after.possible.includes(effect))) return 'effect';
  if (before.effect !== after.effect || isStopped(before)) return undefined;
  return sameMasks(before.masks, after.masks) ? undefined : 'masks';
}

/** Nobody gets anything of it, so that nothing in it is masked. */
export function isStopped({ effect }: Verdict): boolean {
  return effect === 'block' || effect === 'limit';
}

/** False only where one has surely masked something that the other surely has not. */
function sameMasks(before: MasksFound, after: MasksFound): boolean {
  return covers(after, before) && covers(before, after);
}

function covers(all: MasksFound, { sure }: MasksFound): boolean {
  const { maybe } = all;
  if (maybe === 'any') return true;
  for (const name of sure) if (!all.sure.has(name) && !maybe.has(name)) return false;
  return true;
}

/** What an engine's effect is to whoever reads a backtest. What can't be held is refused where it needs a yes. */
export function sureEffectOf(effect: Effect, canHold: boolean): SureEffect {
  return effect === 'approve' && !canHold ? 'block' : effect;
}
