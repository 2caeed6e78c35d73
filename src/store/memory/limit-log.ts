/** Entries that are over before the list is cut. */
const SLACK = 1_024;

/** What one count has, by time. */
export class LimitLog {
  #times: number[] = [];
  #takes: number[] = [];
  /** Entries before it are over. */
  #head = 0;
  #total = 0;
  /** When it can be forgotten as a whole, milliseconds since the epoch. */
  expires = 0;

  get total(): number {
    return this.#total;
  }

  /** How many entries it has. */
  get size(): number {
    return this.#times.length - this.#head;
  }

  /** Forgets entries up to a time. */
  forget(until: number): void {
    for (; this.#head < this.#times.length; this.#head++) {
      if ((this.#times[this.#head] ?? 0) > until) break;
      this.#total -= this.#takes[this.#head] ?? 0;
    }
    if (this.#head < SLACK || this.#head * 2 < this.#times.length) return;
    this.#times = this.#times.slice(this.#head);
    this.#takes = this.#takes.slice(this.#head);
    this.#head = 0;
  }

  add(time: number, takes: number): void {
    let at = this.#times.length;
    // Out of order only where a clock was set back, or a reload has changed the limit's size.
    while (at > this.#head && (this.#times[at - 1] ?? 0) > time) at--;
    if (at > this.#head && this.#times[at - 1] === time) {
      this.#takes[at - 1] = (this.#takes[at - 1] ?? 0) + takes;
    } else {
      this.#times.splice(at, 0, time);
      this.#takes.splice(at, 0, takes);
    }
    this.#total += takes;
  }

  /** The time of the entry with which so many takes will be over; undefined where there are fewer. */
  timeOf(takes: number): number | undefined {
    let over = 0;
    for (let at = this.#head; at < this.#times.length; at++) {
      over += this.#takes[at] ?? 0;
      if (over >= takes) return this.#times[at];
    }
    return undefined;
  }
}
