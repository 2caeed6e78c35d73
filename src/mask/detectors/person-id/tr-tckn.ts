import { digitsOf } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * Identity numbers of Turkey (TCKN): eleven digits, the first not 0, the last two check digits.
 * Only in context.
 */
export const trTckn: Identifier = {
  name: 'tr-tckn',
  inContext: ['99999999999', '999 999 999 99', '999 999 99 999'],
  valid: isTckn,
};

function isTckn(compact: string): boolean {
  if (compact.startsWith('0')) return false;
  const digits = digitsOf(compact);
  let odd = 0;
  let even = 0;
  for (let i = 0; i < 9; i += 2) odd += digits[i] ?? 0;
  for (let i = 1; i < 8; i += 2) even += digits[i] ?? 0;
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return digits[9] === tenth && digits[10] === (odd + even + tenth) % 10;
}
