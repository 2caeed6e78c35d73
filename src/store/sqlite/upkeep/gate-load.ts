import { performance } from 'node:perf_hooks';

/** The share of its time that the gate's own thread is at work from which on it is busy, in thousandths. */
const BUSY = 800;
/** So often the share is measured, in milliseconds. */
const EVERY = 250;

const eventLoop = performance.eventLoopUtilization.bind(performance);

/** How busy the gate's own thread is, told to other threads by way of memory that they share. */
export class GateLoad {
  readonly shared: SharedArrayBuffer;
  readonly #share: Int32Array;

  /** @param shared that of another thread; left out: its own */
  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#share = new Int32Array(shared);
  }

  /** Whether it has little time left, so that what can wait had better wait. */
  isBusy(): boolean {
    return Atomics.load(this.#share, 0) >= BUSY;
  }

  /** Tells what share of its time this thread is at work; from 0 to 1. */
  tell(share: number): void {
    Atomics.store(this.#share, 0, Math.round(share * 1_000));
  }

  /**
   * Measures this thread from now on, and keeps no process running for it.
   *
   * @returns ends it
   */
  measure(): () => void {
    let before = eventLoop();
    const timer = setInterval(() => {
      const now = eventLoop();
      this.tell(eventLoop(now, before).utilization);
      before = now;
    }, EVERY);
    timer.unref();
    return () => clearInterval(timer);
  }
}
