import { part } from '../calendar.ts';
import type { Identifier } from './identifier.ts';

/**
 * Numbers of US social security by the rules of the SSA: area not 000, 666 or 900 and more, group
 * not 00, serial not 0000. With hyphens or blanks by their form; nine digits together, or the form
 * of nobody, only where a word or the field says so. The number has no check digit: any number of
 * that form is taken.
 */
export const usSsn: Identifier = {
  name: 'us-ssn',
  alone: ['999-99-9999', '999 99 9999'],
  inContext: ['999999999', '999.99.9999'],
  valid: isSsn,
};

function isSsn(compact: string): boolean {
  const area = part(compact, 0, 3);
  if (area === 0 || area === 666 || area >= 900) return false;
  return part(compact, 3, 5) > 0 && part(compact, 5, 9) > 0;
}
