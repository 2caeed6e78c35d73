import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1];

/**
 * Numbers of Swiss social insurance (AHV, AVS): thirteen digits from 756 on, with the check digit
 * of an EAN.
 */
export const chAhv: Identifier = {
  name: 'ch-ahv',
  alone: ['999.9999.9999.99', '9999999999999', '999 9999 9999 99', '999-9999-9999-99'],
  proven: true,
  valid: (compact) => compact.startsWith('756') && weightedSum(compact, WEIGHTS) % 10 === 0,
};
