import { isYymmdd, part } from '../calendar.ts';
import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/**
 * Resident and alien registration numbers of Korea: day of birth, then seven digits of which the
 * first tells sex and century. With the hyphen by their form if the check digit is right or they
 * are from October 2020 on, when it was given up; others, and thirteen digits together, only in
 * context.
 */
export const krRrn: Identifier = {
  name: 'kr-rrn',
  alone: ['999999-9999999'],
  inContext: ['9999999999999', '999999 9999999'],
  valid: (compact) => isYymmdd(compact),
  convinces: (compact) => hasCheck(compact) || isOfNewKind(compact),
};

function hasCheck(compact: string): boolean {
  const check = (11 - (weightedSum(compact, WEIGHTS) % 11)) % 10;
  const foreign = '5678'.includes(compact.charAt(6));
  return (foreign ? (check + 2) % 10 : check) === part(compact, 12, 13);
}

function isOfNewKind(compact: string): boolean {
  const born = part(compact, 0, 4);
  return '3478'.includes(compact.charAt(6)) && born >= 2010 && born < 4000;
}
