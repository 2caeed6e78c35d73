/** The digits of a string of digits. */
export function digitsOf(compact: string): number[] {
  return Array.from(compact, (character) => character.charCodeAt(0) - 48);
}

/** The sum of the digits, each times its weight. Digits without a weight don't count. */
export function weightedSum(compact: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += (compact.charCodeAt(i) - 48) * (weights[i] ?? 0);
  }
  return sum;
}

/** ISO/IEC 7812-1, annex B: every second digit from the right is doubled, the sum ends in 0. */
export function passesLuhn(compact: string): boolean {
  let sum = 0;
  for (let i = 0; i < compact.length; i++) {
    const digit = compact.charCodeAt(compact.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

/** The rest of a long decimal number after division. */
export function remainder(compact: string, divisor: number): number {
  let rest = 0;
  for (let i = 0; i < compact.length; i++) {
    rest = (rest * 10 + compact.charCodeAt(i) - 48) % divisor;
  }
  return rest;
}

/** ISO/IEC 7064, MOD 11,10: one check digit at the end. */
export function passesMod11And10(compact: string): boolean {
  let check = 5;
  for (let i = 0; i < compact.length; i++) {
    check = (((check || 10) * 2) % 11) + (compact.charCodeAt(i) - 48);
    check %= 10;
  }
  return check === 1;
}

/** True where all characters are the same: `000-00-0000` is a placeholder. */
export function isOneDigit(compact: string): boolean {
  for (let i = 1; i < compact.length; i++) {
    if (compact.charCodeAt(i) !== compact.charCodeAt(0)) return false;
  }
  return true;
}
