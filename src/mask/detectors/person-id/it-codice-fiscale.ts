import { isDay } from '../calendar.ts';
import type { Identifier } from './identifier.ts';

// Decreto ministeriale 12 March 1974: the worth of characters in odd places, 0 to 9 and A to Z;
// month letters; and the letters that stand for digits where two people would share a code
// (omocodia).
const ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8,
  12, 14, 16, 10, 22, 25, 24, 23,
];
const MONTHS = 'ABCDEHLMPRST';
const DIGITS = 'LMNPQRSTUV';

/**
 * Fiscal codes of people in Italy: sixteen characters with month, day and check letter; those with
 * letters for digits too.
 */
export const itCodiceFiscale: Identifier = {
  name: 'it-codice-fiscale',
  alone: ['aaaaaaxxaxxaxxxa', 'aaa aaa xxaxx axxxa'],
  proven: true,
  valid: isCodiceFiscale,
};

function isCodiceFiscale(compact: string): boolean {
  const day = numberAt(compact, 9) * 10 + numberAt(compact, 10);
  if (!isDay(MONTHS.indexOf(compact.charAt(8)) + 1, day > 40 ? day - 40 : day)) return false;
  for (const place of [6, 7, 12, 13, 14]) {
    if (numberAt(compact, place) < 0) return false;
  }
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const value = Number.parseInt(compact.charAt(i), 36);
    if (i % 2 === 0) sum += ODD[value] ?? 0;
    else sum += value > 9 ? value - 10 : value;
  }
  return compact.charCodeAt(15) - 65 === sum % 26;
}

/** The digit in a place, written as a digit or its letter; -1 for anything else. */
function numberAt(compact: string, place: number): number {
  const code = compact.charCodeAt(place);
  return code <= 57 ? code - 48 : DIGITS.indexOf(compact.charAt(place));
}
