import type { Identifier } from './identifier.ts';

/**
 * Permanent account numbers of India: five letters, of which the fourth says who holds it, four
 * digits, a letter. In capitals by their form; in small letters only in context. How the last
 * letter is made is not public.
 */
export const inPan: Identifier = {
  name: 'in-pan',
  alone: ['AAAAA9999A'],
  inContext: ['aaaaa9999a'],
  valid: (compact) => /^...[ABCFGHJLPT].(?!0000)/.test(compact),
};
