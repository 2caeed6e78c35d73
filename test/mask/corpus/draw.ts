import type { Faker } from '@faker-js/faker';
import { faker as cz } from '@faker-js/faker/locale/cs_CZ';
import { faker as de } from '@faker-js/faker/locale/de';
import { faker as gb } from '@faker-js/faker/locale/en_GB';
import { faker as india } from '@faker-js/faker/locale/en_IN';
import { faker as us } from '@faker-js/faker/locale/en_US';
import { faker as es } from '@faker-js/faker/locale/es';
import { faker as fr } from '@faker-js/faker/locale/fr';
import { faker as it } from '@faker-js/faker/locale/it';
import { faker as ja } from '@faker-js/faker/locale/ja';
import { faker as nl } from '@faker-js/faker/locale/nl';
import { faker as pl } from '@faker-js/faker/locale/pl';
import { faker as br } from '@faker-js/faker/locale/pt_BR';
import { faker as ru } from '@faker-js/faker/locale/ru';
import { faker as sv } from '@faker-js/faker/locale/sv';
import { faker as tr } from '@faker-js/faker/locale/tr';

/** Whose names, addresses and numbers a document has, and in which language it is written. */
export const countries = {
  us,
  gb,
  de,
  fr,
  es,
  it,
  br,
  nl,
  pl,
  sv,
  in: india,
  ru,
  ja,
  cz,
  tr,
} satisfies Record<string, Faker>;
export type Country = keyof typeof countries;

export const DIGITS = '0123456789';
export const HEX = '0123456789abcdef';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const LOWER = UPPER.toLowerCase();
export const WORD = UPPER + LOWER + DIGITS;
export const BASE64 = `${WORD}+/`;
export const BASE64URL = `${WORD}-_`;

/** Everything random of one document: the same seed draws the same. */
export class Draw {
  readonly country: Country;
  readonly faker: Faker;
  #state: number;

  constructor(seed: number, country: Country) {
    this.#state = seed | 0;
    this.country = country;
    this.faker = countries[country];
    this.faker.seed(seed);
  }

  /** From 0 to below 1 (mulberry32). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.unit() * (to - from + 1));
  }

  chance(of: number): boolean {
    return this.unit() < of;
  }

  one<T>(of: readonly T[]): T {
    const drawn = of[this.int(0, of.length - 1)];
    if (drawn === undefined) throw new RangeError('nothing to draw from');
    return drawn;
  }

  characters(alphabet: string, length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet.charAt(this.int(0, alphabet.length - 1));
    return text;
  }

  digits(length: number): string {
    return this.characters(DIGITS, length);
  }

  hex(length: number): string {
    return this.characters(HEX, length);
  }

  /** `#` is any digit, `%` one that isn't 0, `@` an upper-case letter; all else stands for itself. */
  shape(pattern: string): string {
    return pattern.replace(/[#%@]/g, (sign) =>
      sign === '#'
        ? this.digits(1)
        : sign === '%'
          ? String(this.int(1, 9))
          : this.characters(UPPER, 1),
    );
  }
}
