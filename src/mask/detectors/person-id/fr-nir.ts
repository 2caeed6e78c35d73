import { part } from '../calendar.ts';
import { remainder } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * Numbers of French social security (NIR of INSEE): sex, year, month, place, order, and a key of
 * two digits (97 less the rest by 97). Corsica's 2A and 2B too. Thirteen digits without the key
 * only in context.
 */
export const frNir: Identifier = {
  name: 'fr-nir',
  alone: [
    '999999X99999999',
    '9 99 99 9X 999 999 99',
    '9 99 99 99999 999 99',
    '9 99 99 9X 999 999/99',
    '9-99-99-9X-999-999-99',
    '999999X999999 99',
  ],
  inContext: ['999999X999999', '9 99 99 9X 999 999', '9.99.99.9X.999.999.99'],
  proven: true,
  valid: isNir,
  // Fifteen digits that begin with 3 are also cards of American Express.
  convinces: (compact) => compact.length === 15 && compact < '3',
};

function isNir(compact: string): boolean {
  const sex = part(compact, 0, 1);
  const month = part(compact, 3, 5);
  const place = compact.slice(5, 7);
  // Months over 12 stand for births of which the month is not known.
  if (!(sex <= 4 || sex === 7 || sex === 8) || sex === 0) return false;
  if (month === 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false;
  if (compact.length === 13) return /^(?:\d\d|2[AB])$/.test(place);
  const corsica = place === '2A' ? '19' : place === '2B' ? '18' : place;
  const digits = compact.slice(0, 5) + corsica + compact.slice(7, 13);
  return /^\d+$/.test(digits) && 97 - remainder(digits, 97) === part(compact, 13, 15);
}
