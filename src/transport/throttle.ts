import type { Clock } from '../model/seams.ts';

export interface ThrottleOptions {
  /** Most events in a window. */
  readonly burst: number;
  /** Milliseconds. */
  readonly window: number;
  readonly clock: Clock;
}

/** Lets so many events of a kind through in a window of time, and counts the rest. */
export class Throttle {
  readonly #options: ThrottleOptions;
  #began = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #held = 0;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** How many were held back since the last that passed; undefined where this one is held back too. */
  pass(): number | undefined {
    const { burst, window, clock } = this.#options;
    const now = clock();
    if (now - this.#began >= window) {
      this.#began = now;
      this.#passed = 0;
    }
    if (this.#passed >= burst) {
      this.#held++;
      return undefined;
    }
    this.#passed++;
    const held = this.#held;
    this.#held = 0;
    return held;
  }
}
