import { part } from '../calendar.ts';
import type { Identifier } from './identifier.ts';

/**
 * Taxpayer numbers of the US for people without a social security number (IRS): 9xx, then 50 to 65,
 * 70 to 88, 90 to 92 or 94 to 99. With hyphens or blanks by their form; nine digits together only
 * where a word or the field says so. There is no check digit.
 */
export const usItin: Identifier = {
  name: 'us-itin',
  alone: ['999-99-9999', '999 99 9999'],
  inContext: ['999999999'],
  valid: isItin,
};

function isItin(compact: string): boolean {
  const group = part(compact, 3, 5);
  const inUse = (group >= 50 && group <= 65) || (group >= 70 && group <= 99);
  return compact.startsWith('9') && inUse && group !== 89 && group !== 93;
}
