import type { Identifier } from './identifier.ts';

const PREFIX = /^(?![DFIQUV]|.[DFIOQUV]|BG|GB|KN|NK|NT|TN|ZZ)[A-Z]{2}/;

/**
 * National Insurance numbers of the UK by the rules of HMRC for prefix (no D F I Q U V, no O in
 * second place, not BG GB KN NK NT TN ZZ) and suffix (A to D). In capitals by their form; in small
 * letters or without the suffix only in context. There is no check digit.
 */
export const ukNino: Identifier = {
  name: 'uk-nino',
  alone: ['AA999999A', 'AA 99 99 99 A', 'AA-99-99-99-A', 'AA 999999 A', 'AA999999 A'],
  inContext: ['aa999999a', 'aa 99 99 99 a', 'AA999999', 'AA 99 99 99'],
  valid: (compact) => PREFIX.test(compact) && (compact.length === 8 || /[A-D]$/.test(compact)),
};
