import { isOneDigit, passesLuhn } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * Social insurance numbers of Canada: nine digits with a Luhn check digit.
 * `046-454-286` by its form; with blanks or together only in context, as other numbers are written
 * so.
 */
export const caSin: Identifier = {
  name: 'ca-sin',
  alone: ['999-999-999'],
  inContext: ['999 999 999', '999999999'],
  valid: (compact) => passesLuhn(compact) && !isOneDigit(compact),
};
