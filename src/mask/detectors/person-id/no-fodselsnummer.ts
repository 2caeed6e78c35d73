import { isDay, part } from '../calendar.ts';
import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const FIRST = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const SECOND = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/**
 * Birth numbers of Norway: day of birth, order, two check digits modulo 11; D numbers (day plus 40)
 * too, and in context those of hospitals and tests (month plus 40, 65 or 80).
 */
export const noFodselsnummer: Identifier = {
  name: 'no-fodselsnummer',
  alone: ['99999999999', '999999 99999', '999999-99999'],
  valid: isFodselsnummer,
  convinces: (compact) => part(compact, 2, 4) <= 12,
};

function isFodselsnummer(compact: string): boolean {
  const day = part(compact, 0, 2);
  const month = part(compact, 2, 4);
  if (!isDay(plainMonth(month), day > 40 ? day - 40 : day)) return false;
  if (!isOrder(part(compact, 6, 9), part(compact, 4, 6))) return false;
  return weightedSum(compact, FIRST) % 11 === 0 && weightedSum(compact, SECOND) % 11 === 0;
}

// Skatteetaten: 000-499 for 1900 to 1999, 500-749 for 1854 to 1899, 500-999 for 2000 to 2039,
// 900-999 for 1940 to 1999.
function isOrder(order: number, year: number): boolean {
  if (order < 500 || order >= 900) return true;
  return year < 40 || (order < 750 && year > 53);
}

function plainMonth(month: number): number {
  if (month > 80) return month - 80;
  if (month > 65) return month - 65;
  return month > 40 ? month - 40 : month;
}
