/** Ids that are remembered. */
const MAX_NAMED = 1_000;

/** What was read sealed and opened: how many exchanges, and some of their ids. */
export interface Opened {
  readonly exchanges: readonly string[];
  readonly count: number;
}

/** Counts exchanges of which an original was opened, in all threads that share its memory. Each is read at one go. */
export class OpenedOriginals implements Opened {
  /** What other threads may count in as well. */
  readonly shared: SharedArrayBuffer;
  readonly #count: Int32Array;
  readonly #ids: string[] = [];
  #last: string | undefined;

  /** @param shared of another thread; ids are those of this one only */
  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#count = new Int32Array(shared);
  }

  get exchanges(): readonly string[] {
    return this.#ids;
  }

  get count(): number {
    return Atomics.load(this.#count, 0);
  }

  note(exchange: string): void {
    if (exchange === this.#last) return;
    this.#last = exchange;
    Atomics.add(this.#count, 0, 1);
    if (this.#ids.length < MAX_NAMED) this.#ids.push(exchange);
  }
}
