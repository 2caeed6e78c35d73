import { digitsOf, isOneDigit } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

// Verhoeff (1969): products in the dihedral group of order 10, and the permutation by place.
const PRODUCTS = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
].map(digitsOf);
const PLACES = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
].map(digitsOf);

/**
 * Aadhaar numbers of India (UIDAI): twelve digits, the first 2 to 9, with a Verhoeff check digit.
 * `2345 6789 0124` by its form; with hyphens or together only in context.
 */
export const inAadhaar: Identifier = {
  name: 'in-aadhaar',
  alone: ['9999 9999 9999'],
  inContext: ['999999999999', '9999-9999-9999'],
  valid: (compact) => compact >= '2' && passesVerhoeff(compact) && !isOneDigit(compact),
};

function passesVerhoeff(compact: string): boolean {
  let check = 0;
  for (let i = 0; i < compact.length; i++) {
    const digit = compact.charCodeAt(compact.length - 1 - i) - 48;
    check = PRODUCTS[check]?.[PLACES[i % 8]?.[digit] ?? 0] ?? 0;
  }
  return check === 0;
}
