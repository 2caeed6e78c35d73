import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../model/seams.ts';

export interface PlaybackOptions {
  /** How many times as quick as it happened. */
  readonly speed: number;
  /** No pause lasts longer than these milliseconds of the reader's; left out: all last as long as they did. */
  readonly longest?: number | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Milliseconds of any beginning. */
  readonly now?: Clock;
}

/** The time in which a timeline is played; whoever watches may stop it, go on, skip a pause and quit. */
export class Playback {
  readonly #longest: number;
  readonly #now: Clock;
  readonly #quit = new AbortController();
  readonly #over: AbortSignal;
  #speed: number;
  #paused = false;
  #skips = false;
  /** Aborted by each key, so that whoever waits looks again. */
  #pressed = new AbortController();

  constructor({ speed, longest = Number.POSITIVE_INFINITY, signal, now }: PlaybackOptions) {
    this.#speed = speed;
    this.#longest = longest;
    this.#now = now ?? (() => performance.now());
    this.#over = AbortSignal.any([signal, this.#quit.signal]);
  }

  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** A key: space stops and goes on, n goes to the next step, + and - change the speed, q quits. */
  press(key: string): void {
    if (key === ' ') this.#paused = !this.#paused;
    else if (key === 'n') this.#skips = true;
    else if (key === '+') this.#speed *= 2;
    else if (key === '-') this.#speed /= 2;
    else if (key === 'q' || key === INTERRUPT) this.#quit.abort();
    else return;
    this.#pressed.abort();
    this.#pressed = new AbortController();
  }

  /**
   * Waits as long as the time between two steps takes at this speed.
   *
   * @returns false where whoever watches has enough
   */
  async wait(gap: number): Promise<boolean> {
    let left = Math.min(gap, this.#longest * this.#speed);
    this.#skips = false;
    while ((left > 0 || this.#paused) && !this.#skips && !this.#over.aborted) {
      const began = this.#now();
      const speed = this.#speed;
      const isPaused = this.#paused;
      await this.#pressedWithin(isPaused ? LONGEST : Math.min(left / speed, LONGEST));
      if (!isPaused) left -= (this.#now() - began) * speed;
    }
    return !this.#over.aborted;
  }

  async #pressedWithin(milliseconds: number): Promise<void> {
    const signal = AbortSignal.any([this.#over, this.#pressed.signal]);
    await delay(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** What control and c are where a terminal gives every key as it is. */
const INTERRUPT = '\x03';
/** The longest that a timer takes. */
const LONGEST = 2 ** 31 - 1;
