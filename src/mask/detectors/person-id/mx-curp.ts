import { isYymmdd } from '../calendar.ts';
import type { Identifier } from './identifier.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ';
const SHAPE =
  /^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX](?:AS|BC|BS|CC|CL|CM|CS|CH|DF|DG|GT|GR|HG|JC|MC|MN|MS|NT|NL|OC|PL|QT|QR|SP|SL|SR|TC|TS|TL|VZ|YN|ZS|NE)[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d$/;

/**
 * CURP codes of people in Mexico (RENAPO): eighteen characters with day of birth, sex, state and
 * check digit.
 */
export const mxCurp: Identifier = {
  name: 'mx-curp',
  alone: ['aaaa999999aaaaaax9'],
  proven: true,
  valid: (compact) => SHAPE.test(compact) && isYymmdd(compact, 4) && hasCheck(compact),
};

function hasCheck(compact: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += ALPHABET.indexOf(compact.charAt(i)) * (18 - i);
  return String((10 - (sum % 10)) % 10) === compact[17];
}
