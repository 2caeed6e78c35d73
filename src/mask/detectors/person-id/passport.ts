import type { Identifier } from './identifier.ts';

/**
 * Passport numbers, only where "passport" (in many languages) or the field says so: seven to nine
 * capitals and digits with at least four digits. States have no common form and most no check, so
 * nothing proves them.
 */
export const passport: Identifier = {
  name: 'passport',
  inContext: ['XXXXXXX', 'XXXXXXXX', 'XXXXXXXXX', 'A 9999999', 'AA 9999999', '99 9999999'],
  valid: (compact) => compact.replace(/\D/g, '').length >= 4,
};
