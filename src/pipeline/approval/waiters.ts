/** Milliseconds after which the next call may try for a grant that the one before it has not taken. */
const TURN = 250;
/** Calls that are woken at a time where all are. */
const SLICE = 200;
/** Longest delay of a timer. */
const MAX_DELAY = 2 ** 31 - 1;

/** A call that waits. */
export interface Waiter {
  readonly signal: AbortSignal;
  /** Resolves once it waits no longer. */
  readonly over: Promise<void>;
  wake(): void;
  /** Waits no longer than so many milliseconds from now. */
  endBy(ms: number): void;
}

/** Calls of this process that wait for approvals, by the approval's id; the newest last. */
export class Waiters {
  readonly #waiting = new Map<string, Set<Waiter>>();

  /** True while a call waits whose client is there. */
  has(id: string): boolean {
    return [...(this.#waiting.get(id) ?? [])].some(({ signal }) => !signal.aborted);
  }

  /**
   * Waits until it is woken, the time is over or the signal is aborted.
   *
   * @param ms how long, in milliseconds
   */
  add(id: string, ms: number, signal: AbortSignal): Waiter {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timers: NodeJS.Timeout[] = [];
    const wake = () => {
      timers.forEach(clearTimeout);
      signal.removeEventListener('abort', wake);
      this.#remove(id, waiter);
      resolve();
    };
    const endBy = (ms: number) => {
      if (this.#waiting.get(id)?.has(waiter)) timers.push(setTimeout(wake, delayOf(ms)));
    };
    const waiter = { signal, over: promise, wake, endBy };
    const others = this.#waiting.get(id);
    if (others) others.add(waiter);
    else this.#waiting.set(id, new Set([waiter]));
    signal.addEventListener('abort', wake);
    endBy(ms);
    if (signal.aborted) wake();
    return waiter;
  }

  wakeAll(id: string): void {
    for (const waiter of [...(this.#waiting.get(id) ?? [])].reverse()) waiter.wake();
  }

  /**
   * Wakes the call that came last, for it is the one whose client surely waits.
   *
   * @param others is called where others wait on, once it has had its turn
   */
  wakeNewest(id: string, others: () => void): void {
    [...(this.#waiting.get(id) ?? [])].at(-1)?.wake();
    if (this.#waiting.has(id)) setTimeout(others, TURN).unref();
  }

  /** Wakes whoever waits, a few at a time, so that the process does other work as well. */
  wakeInSlices(): void {
    const all = [...this.#waiting.values()].flatMap((waiters) => [...waiters]);
    const wakeFrom = (from: number) => {
      for (const waiter of all.slice(from, from + SLICE)) waiter.wake();
      if (from + SLICE < all.length) setImmediate(wakeFrom, from + SLICE);
    };
    wakeFrom(0);
  }

  #remove(id: string, waiter: Waiter): void {
    const left = this.#waiting.get(id);
    left?.delete(waiter);
    if (left?.size === 0) this.#waiting.delete(id);
  }
}

function delayOf(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_DELAY);
}
