/** How often a silent stream gets a comment, in milliseconds; common proxies cut off after 30 to 60 seconds. */
const PERIOD = 15_000;

/** Keeps silent streams from being cut off on the way, with one timer for all of them. */
export class KeepAlive {
  readonly #streams = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param beat called once in a while until it is {@link remove}d */
  add(beat: () => void): void {
    this.#streams.add(beat);
    this.#timer ??= setInterval(() => this.#beat(), PERIOD).unref();
  }

  remove(beat: () => void): void {
    this.#streams.delete(beat);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    for (const beat of this.#streams) beat();
  }
}
