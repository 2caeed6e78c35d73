/** Lets work on one thing wait for the work on it that came before; what is about other things goes on beside it. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(id);
    const mine = before ? before.then(work, work) : work();
    this.#last.set(id, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(id) === mine) this.#last.delete(id);
    }
  }
}
