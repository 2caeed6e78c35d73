import type { Clock } from '../model/seams.ts';

/** Failures in a row after which nobody is asked for a while. */
const MOST_FAILURES = 3;

/**
 * Keeps calls from waiting for somebody who does not answer. After some failures in a row nothing is tried for a while;
 * then one tries, and the others wait for how that ends by not trying either.
 */
export class Circuit {
  readonly #rest: number;
  readonly #clock: Clock;
  #failures = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;
  #trying = false;

  /** @param rest milliseconds without a try */
  constructor(rest: number, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  /** True while a try makes sense. */
  get ready(): boolean {
    if (this.#failures < MOST_FAILURES) return true;
    return !this.#trying && this.#clock() >= this.#restsUntil;
  }

  /** Begins a try; false where none makes sense. Each that has begun must end. */
  begin(): boolean {
    if (!this.ready) return false;
    if (this.#failures >= MOST_FAILURES) this.#trying = true;
    return true;
  }

  end(answered: boolean): void {
    this.#trying = false;
    this.#failures = answered ? 0 : this.#failures + 1;
    if (this.#failures >= MOST_FAILURES) this.#restsUntil = this.#clock() + this.#rest;
  }
}
