import { isOneDigit, weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/**
 * Individual numbers of Japan (My Number): twelve digits, check digit modulo 11. Only in context.
 */
export const jpMyNumber: Identifier = {
  name: 'jp-my-number',
  inContext: ['999999999999', '9999 9999 9999', '9999-9999-9999'],
  valid: isMyNumber,
};

function isMyNumber(compact: string): boolean {
  const rest = weightedSum(compact, WEIGHTS) % 11;
  return compact[11] === String(rest <= 1 ? 0 : 11 - rest) && !isOneDigit(compact);
}
