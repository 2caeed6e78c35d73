import type { ChoreMaker } from '../upkeep/chore.ts';
import { Compactor } from './compactor.ts';

/** Compresses the texts of steps that are old enough, and proved where there is a proof. */
export const compact: ChoreMaker = ({ db, options, now }) => {
  const { compact: age, proof } = options;
  if (age === undefined) return undefined;
  const compactor = new Compactor(db, { isProved: proof !== undefined });
  return { name: 'compact', step: () => compactor.step(now(), age) };
};
