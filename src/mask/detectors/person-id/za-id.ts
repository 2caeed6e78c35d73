import { isYymmdd } from '../calendar.ts';
import { passesLuhn } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * Identity numbers of South Africa: day of birth, order, citizenship (0, 1 or 2), a digit that is 8
 * or 9, Luhn check digit. Those with another digit before the last only in context.
 */
export const zaId: Identifier = {
  name: 'za-id',
  alone: ['9999999999999', '999999 9999 999', '999999 9999 99 9', '999999 9999 9 9 9'],
  valid: (compact) => isYymmdd(compact) && compact.charAt(10) <= '2' && passesLuhn(compact),
  convinces: (compact) => compact.charAt(11) >= '8' && compact.charAt(10) < '2',
};
