import { isDdmmyy } from '../calendar.ts';
import { remainder } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const CHECKS = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/**
 * Personal identity codes of Finland: day of birth, sign of the century (also those new in 2023),
 * order, check character modulo 31.
 */
export const fiHetu: Identifier = {
  name: 'fi-hetu',
  alone: ['999999-999x', '999999+999x', '999999a999x'],
  proven: true,
  valid: isHetu,
};

function isHetu(compact: string): boolean {
  const sign = compact.length === 11 ? compact.charAt(6) : '-';
  if (!'-ABCDEFUVWXY'.includes(sign) || !isDdmmyy(compact)) return false;
  const digits = compact.slice(0, 6) + compact.slice(-4, -1);
  return CHECKS[remainder(digits, 31)] === compact.at(-1);
}
