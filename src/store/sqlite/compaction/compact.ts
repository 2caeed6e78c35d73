import type { ChoreMaker } from '../upkeep/chore.ts';
import { paced } from '../upkeep/paced.ts';
import { Compactor } from './compactor.ts';

/** For each millisecond of work so many of rest while the gate is busy, unless some wait for longer than this: ms. */
const LONG_REST = 30;
const PATIENCE = 60_000;

/**
 * Compresses the texts of steps that are old enough, and proved where there is a proof. It may wait for a gate that is
 * busy, and never for long: whether a gate is busy changes from moment to moment, how old a step is does not.
 */
export const compact: ChoreMaker = ({ db, options, now, isBusy }) => {
  const { compact: age, proof } = options;
  if (age === undefined) return undefined;
  const compactor = new Compactor(db, { isProved: proof !== undefined });
  const chore = { name: 'compact', step: () => compactor.step(now(), age) };
  const isLate = () => now() - (compactor.oldest() ?? now()) > age + PATIENCE;
  const restOf = () => (isBusy?.() === true && !isLate() ? LONG_REST : 0);
  return paced(chore, () => performance.now(), restOf);
};
