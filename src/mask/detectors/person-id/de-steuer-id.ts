import { passesMod11And10 } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * Tax identification numbers of people in Germany: eleven digits, the first not 0, of the first ten
 * exactly one digit twice or three times, and a check digit (ISO/IEC 7064 MOD 11,10). `12 345 678
 * 903` by its form; together only in context.
 */
export const deSteuerId: Identifier = {
  name: 'de-steuer-id',
  alone: ['99 999 999 999'],
  inContext: ['99999999999', '99-999-999-999', '99/999/999/999', '999 999 999 99'],
  valid: (compact) => hasOneRepeated(compact) && passesMod11And10(compact),
};

function hasOneRepeated(compact: string): boolean {
  if (compact.startsWith('0')) return false;
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10; i++) {
    const digit = compact.charCodeAt(i) - 48;
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  const repeated = counts.filter((count) => count > 1);
  return repeated.length === 1 && (repeated[0] ?? 0) <= 3;
}
