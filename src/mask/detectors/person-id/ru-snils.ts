import { part } from '../calendar.ts';
import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, 1];

/**
 * Insurance numbers of people in Russia (SNILS): nine digits and a sum of two. `112-233-445 95` by
 * its form; together only in context.
 */
export const ruSnils: Identifier = {
  name: 'ru-snils',
  alone: ['999-999-999 99', '999-999-999-99'],
  inContext: ['99999999999', '999 999 999 99'],
  valid: (compact) => {
    const sum = weightedSum(compact, WEIGHTS) % 101;
    return part(compact, 9, 11) === (sum === 100 ? 0 : sum) && !compact.startsWith('000');
  },
};
