import type { TextLook } from '../text/text-look.ts';
import type { Finder } from './finder.ts';

/** Needs beyond these don't rule anything out here. */
const MOST_LENGTH = 64;
const MOST_DIGITS = 32;
const MOST_LISTS = 4_096;
/** What a look sees takes less than so many bits; the steps of lengths and digits come above. */
const SEEN = 1 << 20;

/**
 * Chooses, by what a look at a text tells, the finders that may find something in it. Most texts are short and much
 * like others, so one look-up takes the place of asking sixty finders.
 */
export class FinderChoice {
  readonly #finders: readonly Finder[];
  readonly #lengths: Uint8Array;
  readonly #digits: Uint8Array;
  /** What finders ask for: the other bits of what a look sees make no difference. */
  readonly #asked: number;
  readonly #lists = new Map<number, readonly Finder[]>();

  constructor(finders: readonly Finder[]) {
    this.#finders = finders;
    this.#lengths = stepsOf(
      finders.map(({ needs }) => needs.length),
      MOST_LENGTH,
    );
    this.#digits = stepsOf(
      finders.map(({ needs }) => needs.digits),
      MOST_DIGITS,
    );
    this.#asked = finders.reduce((all, { needs }) => all | needs.oneOf, 0);
  }

  /** In the order of the plan; those with greater needs than are told apart here are among them. */
  of({ length, digits, seen }: TextLook): readonly Finder[] {
    const long = Math.min(length, MOST_LENGTH);
    const many = Math.min(digits, MOST_DIGITS);
    const step =
      (this.#lengths[long] as number) * (MOST_DIGITS + 1) + (this.#digits[many] as number);
    const key = step * SEEN + (seen & this.#asked);
    const known = this.#lists.get(key);
    if (known) return known;
    const list = this.#finders.filter(
      ({ needs }) =>
        Math.min(needs.length, MOST_LENGTH) <= long &&
        Math.min(needs.digits, MOST_DIGITS) <= many &&
        (needs.oneOf === 0 || (seen & needs.oneOf) !== 0),
    );
    if (this.#lists.size < MOST_LISTS) this.#lists.set(key, list);
    return list;
  }
}

/** For each number up to the most: how many of the different needs it meets. */
function stepsOf(needs: readonly number[], most: number): Uint8Array {
  const different = [...new Set(needs.map((one) => Math.min(one, most)))];
  return Uint8Array.from({ length: most + 1 }, (_, have) => {
    return different.filter((need) => need <= have).length;
  });
}
