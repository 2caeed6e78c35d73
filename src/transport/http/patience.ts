/** Before an upstream says how long to wait, in milliseconds. */
const DEFAULT_WAIT = 1_000;
/** What is waited at least, in milliseconds; twice as long after each connection that brought nothing, up to the longest. */
const BACKOFF = { first: 100, longest: 2_000 } as const;
/** Connections in a row on which nothing at all was said. */
const MAX_MUTE = 5;
/** A connection that lasted so long is not one of a loop, in milliseconds. */
const LASTING = 5_000;
/** Timers take no more, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** How often, and when, a stream is resumed that is closed again and again. Times are in milliseconds. */
export class Patience {
  readonly #silence: number;
  /** When the stream last went on. */
  #heard = performance.now();
  #openedAt: number | undefined;
  #wait: number | undefined;
  /** What the connection has brought. */
  #brought: 'nothing' | 'retry' | 'progress' = 'nothing';
  /** Connections in a row without progress, and those without a word. */
  #idle = 0;
  #mute = 0;

  /** @param silence the longest; 0 for as long as it likes */
  constructor(silence: number) {
    this.#silence = silence;
  }

  /** The upstream has said when to come back. */
  get isAsked(): boolean {
    return this.#wait !== undefined;
  }

  opened(): void {
    this.#openedAt = performance.now();
  }

  /** A message or a new event id has come. */
  progress(): void {
    this.#brought = 'progress';
    this.#heard = performance.now();
  }

  /** The upstream says how long to wait. */
  asked(wait: number): void {
    this.#wait = Math.min(wait, MAX_TIMER);
    if (this.#brought === 'nothing') this.#brought = 'retry';
  }

  /**
   * The connection is lost.
   *
   * @returns how long to wait before the next, undefined where there have been enough; and how much is left of the
   * longest silence, undefined without bound
   */
  lost(): { readonly wait: number | undefined; readonly left: number | undefined } {
    const now = performance.now();
    const lasted = this.#openedAt !== undefined && now - this.#openedAt >= LASTING;
    if (lasted) this.#heard = now;
    const goesOn = lasted || this.#brought === 'progress';
    this.#idle = goesOn ? 0 : this.#idle + 1;
    this.#mute = goesOn || this.#brought === 'retry' ? 0 : this.#mute + 1;
    this.#brought = 'nothing';
    this.#openedAt = undefined;
    const left = this.#silence === 0 ? undefined : this.#heard + this.#silence - now;
    if (this.#mute >= MAX_MUTE) return { wait: undefined, left };
    const least = Math.min(BACKOFF.first * 2 ** this.#idle, BACKOFF.longest);
    return { wait: Math.max(this.#wait ?? DEFAULT_WAIT, least), left };
  }
}
