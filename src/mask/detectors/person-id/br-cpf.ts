import { isOneDigit, weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const FIRST = [10, 9, 8, 7, 6, 5, 4, 3, 2];
const SECOND = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/**
 * CPF numbers of people in Brazil: eleven digits, the last two check digits modulo 11. Together
 * only in context.
 */
export const brCpf: Identifier = {
  name: 'br-cpf',
  alone: ['999.999.999-99', '999999999-99'],
  inContext: ['99999999999', '999 999 999 99', '999-999-999-99', '999.999.999.99'],
  valid: isCpf,
};

function isCpf(compact: string): boolean {
  if (isOneDigit(compact)) return false;
  return check(compact, FIRST) === compact[9] && check(compact, SECOND) === compact[10];
}

function check(compact: string, weights: readonly number[]): string {
  return String(((weightedSum(compact, weights) * 10) % 11) % 10);
}
