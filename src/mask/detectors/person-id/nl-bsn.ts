import { isOneDigit, weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];

/**
 * Citizen service numbers of the Netherlands: nine digits that pass the eleven test. `1112.22.333`
 * by its form, others only in context.
 */
export const nlBsn: Identifier = {
  name: 'nl-bsn',
  alone: ['9999.99.999'],
  inContext: ['999999999', '9999 99 999', '999 999 999', '999-999-999', '999.999.999'],
  valid: (compact) => weightedSum(compact, WEIGHTS) % 11 === 0 && !isOneDigit(compact),
};
