import { isDay, part } from '../calendar.ts';
import { passesLuhn } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * Personal identity and coordination numbers of Sweden: date of birth (plus 60 to the day), order,
 * Luhn check digit. With `-` or `+` by their form, unless it could as well be a date and time;
 * together only in context.
 */
export const sePersonnummer: Identifier = {
  name: 'se-personnummer',
  alone: ['999999-9999', '999999+9999', '99999999-9999', '99999999+9999'],
  inContext: ['9999999999', '999999999999', '999999 9999', '99999999 9999'],
  valid: isPersonnummer,
  convinces: (compact) => compact.length === 10 || compact < '2000' || !isTime(compact.slice(-4)),
};

function isPersonnummer(compact: string): boolean {
  const century = part(compact, 0, 2);
  if (compact.length === 12 && (century < 18 || century > 20)) return false;
  const ten = compact.slice(-10);
  const day = part(ten, 4, 6);
  return isDay(part(ten, 2, 4), day > 60 ? day - 60 : day) && passesLuhn(ten);
}

function isTime(digits: string): boolean {
  return part(digits, 0, 2) < 24 && part(digits, 2, 4) < 60;
}
