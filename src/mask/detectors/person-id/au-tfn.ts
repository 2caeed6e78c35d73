import { isOneDigit, weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [1, 4, 3, 7, 5, 8, 6, 9, 10];

/** Tax file numbers of Australia: nine digits whose weighted sum divides by 11. Only in context. */
export const auTfn: Identifier = {
  name: 'au-tfn',
  inContext: ['999 999 999', '999-999-999', '999999999'],
  valid: (compact) => weightedSum(compact, WEIGHTS) % 11 === 0 && !isOneDigit(compact),
};
