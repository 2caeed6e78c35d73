import type { Identifier } from './identifier.ts';

/**
 * RUT and RUN numbers of Chile: seven or eight digits and a check character (modulo 11, K for ten).
 * With dots by their form; without them only in context, unless the check is a K.
 */
export const clRut: Identifier = {
  name: 'cl-rut',
  alone: ['99.999.999-x', '9.999.999-x', '99999999-a', '9999999-a'],
  inContext: ['99999999-9', '9999999-9', '99999999x', '9999999x'],
  valid: isRut,
};

function isRut(compact: string): boolean {
  let sum = 0;
  for (let i = compact.length - 2, weight = 2; i >= 0; i--) {
    sum += (compact.charCodeAt(i) - 48) * weight;
    weight = weight === 7 ? 2 : weight + 1;
  }
  return '0K987654321'[sum % 11] === compact.at(-1);
}
