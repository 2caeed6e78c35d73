import { isOneDigit, weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/**
 * NHS numbers of England and Wales: ten digits, check digit modulo 11 (NHS Data Dictionary).
 * Many phone numbers look the same, so they count only where a word ("NHS", "patient") or the field
 * says so.
 */
export const ukNhs: Identifier = {
  name: 'uk-nhs',
  inContext: ['9999999999', '999 999 9999', '999-999-9999'],
  valid: (compact) => weightedSum(compact, WEIGHTS) % 11 === 0 && !isOneDigit(compact),
};
