import type { ChoreMaker } from '../upkeep/chore.ts';
import { paced } from '../upkeep/paced.ts';
import { Compactor } from './compactor.ts';

/** For each millisecond of work so many of rest while the gate is busy, and for how long at most, in milliseconds. */
const LONG_REST = 30;
const PATIENCE = 60_000;

/** Compresses the texts of steps that are old enough, and proved where there is a proof. */
export const compact: ChoreMaker = ({ db, options, now, isBusy }) => {
  const { compact: age, proof } = options;
  if (age === undefined) return undefined;
  const compactor = new Compactor(db, { isProved: proof !== undefined });
  const chore = { name: 'compact', step: () => compactor.step(now(), age) };
  let busySince: number | undefined;
  const restOf = () => {
    if (isBusy?.() !== true) busySince = undefined;
    else busySince ??= performance.now();
    const isPatient = busySince !== undefined && performance.now() - busySince < PATIENCE;
    return isPatient ? LONG_REST : 0;
  };
  return paced(chore, () => performance.now(), restOf);
};
