import { messageOf } from '../model/errors.ts';
import type { Log } from '../model/seams.ts';

/** What has been started, in that order; it is closed the other way round. */
export class Started {
  readonly #closers: (() => Promise<void> | void)[] = [];
  readonly #log: Log;
  #closed: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(closer: () => Promise<void> | void): void {
    this.#closers.push(closer);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const closer of this.#closers.reverse()) {
      try {
        await closer();
      } catch (error) {
        // What else is open must be closed all the same.
        this.#log.error({ cause: messageOf(error) }, 'a part of the gate did not stop well');
      }
    }
  }
}
