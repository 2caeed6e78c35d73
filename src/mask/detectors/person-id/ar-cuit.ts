import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/**
 * CUIT and CUIL numbers of Argentina, of people (20, 23 to 27) and firms (30, 33, 34): eleven
 * digits, check digit modulo 11. `20-12345678-6` by its form; together only in context.
 */
export const arCuit: Identifier = {
  name: 'ar-cuit',
  alone: ['99-99999999-9'],
  inContext: ['99999999999', '99 99999999 9', '99.99999999.9'],
  valid: (compact) => /^(?:2[034567]|3[034])/.test(compact) && hasCheck(compact),
};

function hasCheck(compact: string): boolean {
  const check = (11 - (weightedSum(compact, WEIGHTS) % 11)) % 11;
  return compact[10] === String(check === 10 ? 9 : check);
}
