/** Draws that are the same every time (a linear congruential generator, Numerical Recipes). */
export class Lot {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number below another. */
  below(most: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * most);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  characters(alphabet: string, length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet.charAt(this.below(alphabet.length));
    return text;
  }

  digits(length: number): string {
    return this.characters('0123456789', length);
  }

  hex(length: number): string {
    return this.characters('0123456789abcdef', length);
  }
}
