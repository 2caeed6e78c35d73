import type { DifferenceRow } from './differences.ts';
import { isStopped, type Verdict } from './verdict.ts';

/** What is told of exchanges of which this became, and this would. */
export function rowBetween(
  place: Pick<DifferenceRow, 'upstream' | 'method' | 'target'>,
  before: Verdict,
  after: Verdict,
  difference: DifferenceRow['difference'],
): DifferenceRow {
  return {
    ...{ difference, before: before.effect, after: after.effect },
    ...(after.effect === 'indeterminate' ? { possible: [...after.possible].sort() } : {}),
    ...(before.rule === undefined ? {} : { beforeRule: before.rule }),
    ...(after.rule === undefined ? {} : { afterRule: after.rule }),
    ...place,
    gained: beyond(after, before),
    lost: beyond(before, after),
  };
}

/** Masks that have found something in the one, and surely nothing in the other. */
function beyond(verdict: Verdict, { masks: other, effect }: Verdict): readonly string[] {
  if (isStopped(verdict) || effect === 'block' || effect === 'limit') return [];
  if (effect === 'indeterminate' || other.maybe === 'any') return [];
  const { maybe } = other;
  const { sure } = verdict.masks;
  return [...sure].filter((name) => !other.sure.has(name) && !maybe.has(name)).sort();
}
