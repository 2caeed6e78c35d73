import { setImmediate as turn } from 'node:timers/promises';

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 4;

/** Does work in steps, and lets the event loop turn whenever it has worked for some milliseconds. */
export class Slices {
  readonly #signal: AbortSignal | undefined;
  #start = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** @returns rejects with the reason of the signal when that aborts */
  async run<Result>(steps: Generator<void, Result>): Promise<Result> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (performance.now() - this.#start < SLICE) continue;
      await turn(undefined, { signal: this.#signal });
      this.#start = performance.now();
    }
  }

  /** Waits for something else. */
  async wait<Result>(other: Promise<Result>): Promise<Result> {
    const result = await other;
    this.#start = performance.now();
    return result;
  }
}
