import { remainder } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

const LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/**
 * DNI of Spain (eight digits and a check letter, modulo 23) and NIE of foreigners there (X, Y or Z,
 * seven digits, a check letter). In capitals or with a hyphen by their form; in small letters only
 * in context.
 */
export const esDni: Identifier = {
  name: 'es-dni',
  alone: [
    '99999999A',
    '99999999-a',
    '99.999.999-a',
    '99.999.999A',
    'A9999999A',
    'a-9999999-a',
    'a9999999-a',
  ],
  inContext: [
    '99999999a',
    'a9999999a',
    '99999999 a',
    '99.999.999 a',
    'a 9999999 a',
    '99 999 999 a',
  ],
  valid: isDni,
};

function isDni(compact: string): boolean {
  const first = 'XYZ'.indexOf(compact.charAt(0));
  const digits = first < 0 ? compact.slice(0, 8) : `${first}${compact.slice(1, 8)}`;
  return /^\d{8}$/.test(digits) && LETTERS[remainder(digits, 23)] === compact[8];
}
