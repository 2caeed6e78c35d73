/** Lets one thing be done at a time, in the order in which they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work once everything before it is done, however that ended. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work, work);
    // Whoever asked for it hears of its failure.
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
