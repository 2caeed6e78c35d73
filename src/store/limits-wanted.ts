import type { LimitClaim } from '../model/decision.ts';
import type { LimitReached } from '../model/seams.ts';

/** What a take wants of one count. */
export interface Wanted {
  readonly key: string;
  /** How often its claims name the count. */
  readonly takes: number;
  readonly claim: LimitClaim;
}

/** Up to so many calls each has an entry of its own; of larger limits, all in a part of the span share one. */
const OWN_ENTRIES = 10_000;
const PARTS = 1_000;
/** When a count may be forgotten is kept in steps of so many milliseconds, so that it seldom changes. */
const FORGETTING = 60_000;

/** What claims want of each count, in their order; or the first claim that has no key, and so never room. */
export function wantedOf(claims: readonly LimitClaim[]): readonly Wanted[] | LimitReached {
  const wanted = new Map<string, Wanted>();
  for (const claim of claims) {
    const { key } = claim;
    if (key === undefined) return { claim, until: Number.POSITIVE_INFINITY };
    const before = wanted.get(key);
    wanted.set(key, { key, takes: (before?.takes ?? 0) + 1, claim: before?.claim ?? claim });
  }
  return [...wanted.values()];
}

/** True of {@link wantedOf} where a claim has no key. */
export function isReached(wanted: readonly Wanted[] | LimitReached): wanted is LimitReached {
  return 'until' in wanted;
}

/**
 * The time under which a take is kept: never before it happened, so that nothing is forgotten early. With larger
 * limits it is up to a thousandth of the span after it.
 */
export function entryTime(now: number, claim: LimitClaim): number {
  const grain = grainOf(claim);
  return Math.ceil(now / grain) * grain;
}

/** Milliseconds within which takes share an entry. */
export function grainOf({ calls, per }: LimitClaim): number {
  return calls <= OWN_ENTRIES ? 1 : Math.max(1, Math.ceil(per / PARTS));
}

/** When nothing that a count has at an entry's time is needed any longer. */
export function forgettable(entry: number, { per }: LimitClaim): number {
  return Math.ceil((entry + per) / FORGETTING) * FORGETTING;
}
