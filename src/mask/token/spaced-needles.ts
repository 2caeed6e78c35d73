import { type Found, Needles } from './needles.ts';

/** Digits from which on a number is looked for however it is grouped: a phone number, a card, an account. */
const MIN_DIGITS = 8;
/** Blanks, dots, brackets, slashes, and all kinds of dashes. */
const BETWEEN =
  ' \t\r\n\u00a0\u2007\u2008\u2009\u200a\u200b\u202f\u3000.()/-\u2010\u2011\u2012\u2013\u2014\u2015\u2212';

const isBetween = new Uint8Array(0x10000);
for (let i = 0; i < BETWEEN.length; i++) isBetween[BETWEEN.charCodeAt(i)] = 1;

/** A number without what groups it; undefined of a text that is no number of 8 digits or more. */
export function withoutGroups(text: string): string | undefined {
  const bare = [...text]
    .filter((one) => !BETWEEN.includes(one))
    .join('')
    .replace(/^\+/, '');
  const digits = bare.replace(/\D/g, '').length;
  // Account numbers have a few letters.
  return digits >= MIN_DIGITS && /^[A-Za-z]{0,4}\d[A-Za-z\d]*$/.test(bare) ? bare : undefined;
}

/** Finds numbers whatever blanks, dashes, dots, slashes and brackets they are written with. */
export class SpacedNeedles {
  readonly #needles: Needles;
  readonly isEmpty: boolean;

  /** @param numbers without anything that groups them */
  constructor(numbers: readonly string[]) {
    this.#needles = new Needles(numbers);
    this.isEmpty = numbers.length === 0;
  }

  /** Stretches that don't overlap, in order. */
  find(text: string): Found[] {
    return this.#needles.find(text, isBetween);
  }
}
