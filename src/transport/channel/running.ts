import { GateError } from '../../model/errors.ts';

/** Something that holds a channel. */
export interface Runner {
  /** Nobody would miss it: it can make room for another. */
  readonly dispensable: boolean;
  /** Fails what waits with the reason and ends the channel. Never rejects. */
  close(reason?: GateError): Promise<void>;
}

/** The channels of a link that are open, or not closed yet, and how many there may be. */
export class Running {
  readonly #limit: number;
  readonly #full: () => GateError;
  readonly #runners = new Set<Runner>();
  /** Those that are closed to make room. */
  readonly #leaving = new Set<Runner>();
  readonly #waiting: (() => void)[] = [];
  #stopping = false;

  /** @param full what is said where the limit is reached */
  constructor(limit: number, full: () => GateError) {
    this.#limit = limit;
    this.#full = full;
  }

  /** GATE_STOPPING, once it is. */
  get stopped(): GateError | undefined {
    return this.#stopping ? new GateError('GATE_STOPPING', 'the gate is stopping') : undefined;
  }

  /** Undefined where another may start; a promise where it's worth asking again then. */
  room(): GateError | Promise<void> | undefined {
    if (this.#stopping) return this.stopped;
    if (this.#runners.size < this.#limit) return undefined;
    if (this.#leaving.size <= this.#waiting.length && !this.#evict()) return this.#full();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  add(runner: Runner): void {
    this.#runners.add(runner);
  }

  /** Its channel is gone. */
  delete(runner: Runner): void {
    this.#runners.delete(runner);
    this.#leaving.delete(runner);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const reason = this.stopped;
    await Promise.all(this.#runners.values().map((runner) => runner.close(reason)));
  }

  #evict(): boolean {
    const runner = this.#runners
      .values()
      .find((each) => each.dispensable && !this.#leaving.has(each));
    if (!runner) return false;
    this.#leaving.add(runner);
    void runner.close();
    return true;
  }
}
