import { isDay, part } from '../calendar.ts';
import { remainder } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * Birth numbers of Czechia and Slovakia: day of birth (month plus 50 for women, plus 20 or 70 where
 * a day ran out of numbers), `/`, and four digits that make the whole divide by 11; before 1954
 * three digits without a check. With the slash by their form, unless there is no check; together
 * only in context.
 */
export const czBirthNumber: Identifier = {
  name: 'cz-birth-number',
  alone: ['999999/9999', '999999/999'],
  inContext: ['9999999999', '999999999', '999999 9999'],
  valid: isBirthNumber,
  convinces: (compact) => compact.length === 10,
};

function isBirthNumber(compact: string): boolean {
  const month = part(compact, 2, 4) % 50;
  if (!isDay(month > 20 ? month - 20 : month, part(compact, 4, 6))) return false;
  if (compact.length === 9) return compact < '54';
  // Up to 1985 a rest of ten was written as 0.
  const rest = remainder(compact.slice(0, 9), 11);
  return compact[9] === String(rest % 10) && (rest < 10 || compact < '86');
}
