import { isDay, part } from '../calendar.ts';
import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];

/**
 * PESEL numbers of Poland: date of birth (the century in the month), order, check digit. Eleven
 * digits, only in context.
 */
export const plPesel: Identifier = {
  name: 'pl-pesel',
  inContext: ['99999999999', '999999 99999', '999999-99999'],
  valid: (compact) =>
    isDay(part(compact, 2, 4) % 20, part(compact, 4, 6)) &&
    weightedSum(compact, WEIGHTS) % 10 === 0,
};
