import { isDdmmyy } from '../calendar.ts';
import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/**
 * CPR numbers of Denmark: day of birth and four digits. With the hyphen and a check modulo 11 that
 * is right, by their form; since 2007 there are numbers without that check: those, and ten digits
 * together, only in context.
 */
export const dkCpr: Identifier = {
  name: 'dk-cpr',
  alone: ['999999-9999'],
  inContext: ['9999999999', '999999 9999'],
  valid: (compact) => isDdmmyy(compact) && !compact.endsWith('0000'),
  convinces: (compact) => weightedSum(compact, WEIGHTS) % 11 === 0,
};
