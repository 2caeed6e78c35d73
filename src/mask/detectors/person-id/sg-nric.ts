import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [2, 7, 6, 5, 4, 3, 2];
const CITIZEN = 'JZIHGFEDCBA';
const FOREIGNER = 'XWUTRQPNMLK';
const NEW_FOREIGNER = 'KLJNPQRTUWX';

/**
 * NRIC and FIN numbers of Singapore: S, T, F, G or M, seven digits, a check letter. In small
 * letters only in context.
 */
export const sgNric: Identifier = {
  name: 'sg-nric',
  alone: ['A9999999A'],
  inContext: ['a9999999a', 'A 9999999 A', 'A-9999999-A'],
  valid: isNric,
};

function isNric(compact: string): boolean {
  const kind = compact.charAt(0);
  const sum = weightedSum(compact.slice(1, 8), WEIGHTS);
  switch (kind) {
    case 'S':
    case 'T':
      return CITIZEN[(sum + (kind === 'T' ? 4 : 0)) % 11] === compact[8];
    case 'F':
    case 'G':
      return FOREIGNER[(sum + (kind === 'G' ? 4 : 0)) % 11] === compact[8];
    case 'M':
      return NEW_FOREIGNER[10 - ((sum + 3) % 11)] === compact[8];
    default:
      return false;
  }
}
