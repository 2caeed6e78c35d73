import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../model/module-beside.ts';
import type { MaskWork, MaskWorkDone, MaskWorkFailed, READY } from './mask-work.ts';

/** Megabytes that a thread may use for objects; one that needs more ends, and the gate doesn't. */
const MEMORY = 2_048;

/** Milliseconds that a thread may take to begin. */
const START = 30_000;

/** How a thread came to do no more work. */
export type ThreadEnd = 'hung' | 'died' | 'stopped';

/** The work could not be done; the thread is of no more use where it has an end. */
export class ThreadFailure extends Error {
  readonly end: ThreadEnd | undefined;

  constructor(why: string, end?: ThreadEnd) {
    super(why);
    this.end = end;
  }
}

/** One thread that masks one message at a time. */
export class MaskThread {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<MaskWorkDone> | undefined;
  #deadline = 0;
  #late: NodeJS.Timeout | undefined;
  #isReady = false;
  #ended = false;

  /** @param script what the thread runs; left out: what masks */
  constructor(script: URL = moduleBeside('./mask-worker.ts', import.meta.url)) {
    this.#worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: MEMORY } });
    // A gate that has nothing else to do may end.
    this.#worker.unref();
    this.#worker.on('message', (reply: MaskWorkDone | MaskWorkFailed | typeof READY) => {
      this.#take(reply);
    });
    this.#worker.on('error', (error) => this.#fail(new ThreadFailure(error.name, 'died')));
    this.#worker.on('exit', () => {
      this.#ended = true;
      this.#fail(new ThreadFailure('the thread has ended', 'died'));
    });
  }

  /** It does no more work. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Does some work. Ask for no more before it is done.
   *
   * @param deadline milliseconds, from when the thread has begun
   * @returns rejects with ThreadFailure
   */
  async run(work: MaskWork, deadline: number): Promise<MaskWorkDone> {
    const waiting = Promise.withResolvers<MaskWorkDone>();
    this.#waiting = waiting;
    this.#deadline = deadline;
    this.#wait(this.#isReady ? deadline : START);
    try {
      this.#worker.postMessage(work);
      return await waiting.promise;
    } finally {
      clearTimeout(this.#late);
      this.#waiting = undefined;
    }
  }

  async stop(): Promise<void> {
    this.#fail(new ThreadFailure('the gate is stopping', 'stopped'));
    await this.#worker.terminate();
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#late);
    this.#late = setTimeout(() => {
      this.#fail(new ThreadFailure(`it was not done within ${milliseconds} ms`, 'hung'));
      void this.stop();
    }, milliseconds);
  }

  #take(reply: MaskWorkDone | MaskWorkFailed | typeof READY): void {
    if (reply === 'ready') {
      this.#isReady = true;
      if (this.#waiting) this.#wait(this.#deadline);
    } else if ('failed' in reply) this.#fail(new ThreadFailure(reply.failed));
    else this.#waiting?.resolve(reply);
  }

  #fail(failure: ThreadFailure): void {
    this.#waiting?.reject(failure);
  }
}
