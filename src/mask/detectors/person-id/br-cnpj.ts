import { isOneDigit, weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const FIRST = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
const SECOND = [6, ...FIRST];

/**
 * CNPJ numbers of Brazil, of firms and of people who are one: fourteen characters, the last two
 * check digits modulo 11. Letters may stand in the first twelve since July 2026 (Receita Federal,
 * IN 2.229/2024). Together only in context.
 */
export const brCnpj: Identifier = {
  name: 'br-cnpj',
  alone: ['XX.XXX.XXX/XXXX-99'],
  inContext: ['99999999999999', 'XXXXXXXXXXXX99', '99999999/9999-99'],
  proven: true,
  valid: isCnpj,
};

function isCnpj(compact: string): boolean {
  if (isOneDigit(compact)) return false;
  return check(compact, FIRST) === compact[12] && check(compact, SECOND) === compact[13];
}

// A letter counts as its place in ASCII less 48, so the sum is the same as for digits.
function check(compact: string, weights: readonly number[]): string {
  const rest = weightedSum(compact, weights) % 11;
  return String(rest < 2 ? 0 : 11 - rest);
}
