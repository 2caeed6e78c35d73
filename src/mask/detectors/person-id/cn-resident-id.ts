import { isDay, isYymmdd, part } from '../calendar.ts';
import { weightedSum } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';
const PROVINCE = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;

/**
 * Resident identity numbers of China (GB 11643-1999): province, day of birth, order, check
 * character (ISO/IEC 7064 MOD 11-2). The old ones of fifteen digits, which have no check, only in
 * context.
 */
export const cnResidentId: Identifier = {
  name: 'cn-resident-id',
  alone: ['99999999999999999x', '999999 99999999 999x'],
  inContext: ['999999999999999'],
  proven: true,
  valid: isResidentId,
};

function isResidentId(compact: string): boolean {
  if (!PROVINCE.test(compact)) return false;
  if (compact.length === 15) return isYymmdd(compact, 6);
  const year = part(compact, 6, 10);
  if (year < 1800 || year > 2099) return false;
  if (!isDay(part(compact, 10, 12), part(compact, 12, 14), year)) return false;
  return CHECKS[weightedSum(compact, WEIGHTS) % 11] === compact[17];
}
