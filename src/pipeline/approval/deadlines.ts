import type { Approval } from '../../model/approval.ts';
import type { ApprovalStore } from '../../model/approval-store.ts';
import { messageOf } from '../../model/errors.ts';
import type { Clock, Log } from '../../model/seams.ts';

/** Approvals that are ended at a time. */
const SLICE = 100;
/** Milliseconds for which changes gather before it is asked when the next one ends. */
const GATHER = 1_000;
/** Milliseconds until a store that failed is asked again. */
const RETRY = 5_000;
/** Longest wait; clocks of machines may be set meanwhile. */
const MAX_WAIT = 600_000;
/** Milliseconds between two times that what ended long ago is forgotten. */
const CLEAN = 3_600_000;

export interface DeadlinesOptions {
  readonly store: Pick<ApprovalStore, 'overdue' | 'nextEnd' | 'forget'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds for which those that have ended are kept. */
  readonly keep: number;
  /** Ends one whose time is over. */
  readonly expire: (approval: Approval) => Promise<unknown>;
}

/** Ends approvals when their time is over, by one timer for all of them. */
export class Deadlines {
  readonly #options: DeadlinesOptions;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #clean: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: DeadlinesOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#clean = setInterval(() => this.#do(() => this.#forget()), CLEAN).unref();
    this.#do(() => this.#forget());
    this.#do(() => this.#sweep());
  }

  /** Resolves once what was under way is done. */
  stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#gathering);
    clearInterval(this.#clean);
    return this.#work;
  }

  /** Some approval may end earlier than it was known. */
  changed(): void {
    if (this.#gathering || !this.#running) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#do(() => this.#rest());
    }, GATHER).unref();
  }

  /** One thing after the other. */
  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (!this.#running) return;
      try {
        await step();
      } catch (error) {
        const fields = { code: 'APPROVALS_UNAVAILABLE', cause: messageOf(error) };
        this.#options.log.warn(fields, 'approvals could not be looked after');
        this.#after(RETRY, () => this.#sweep());
      }
    });
  }

  async #sweep(): Promise<void> {
    const { store, clock, expire } = this.#options;
    let slice: readonly Approval[];
    do {
      slice = await store.overdue(clock(), SLICE);
      for (const approval of slice) await expire(approval);
    } while (slice.length === SLICE && this.#running);
    await this.#rest();
  }

  /** Sleeps until the next one ends. */
  async #rest(): Promise<void> {
    const end = await this.#options.store.nextEnd();
    const ms = end === undefined ? MAX_WAIT : end - this.#options.clock();
    // Not at once: another gate may be ending it, or this clock run ahead of the timer.
    this.#after(Math.min(Math.max(Math.ceil(ms), 20), MAX_WAIT), () => this.#sweep());
  }

  #after(ms: number, step: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (this.#running) this.#timer = setTimeout(() => this.#do(step), ms).unref();
  }

  async #forget(): Promise<void> {
    const { store, clock, keep } = this.#options;
    while (this.#running && (await store.forget(clock() - keep)));
  }
}
