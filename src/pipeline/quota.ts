import { type Identity, principalOf } from '../model/identity.ts';

type Caller = Pick<Identity, 'sub' | 'issuer'>;

/** Counts what each caller holds of something, up to a limit, so that one can't take all there is. */
export class Quota {
  readonly #limit: number;
  readonly #total: number;
  #all = 0;
  readonly #held = new Map<string, number>();

  /**
   * @param limit of each caller
   * @param total of all of them; left out: without bound
   */
  constructor(limit: number, total = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
    this.#total = total;
  }

  get limit(): number {
    return this.#limit;
  }

  /** True where the caller holds as much as it may, or all of them do. */
  isFull(caller: Caller): boolean {
    if (this.#all >= this.#total) return true;
    return (this.#held.get(principalOf(caller)) ?? 0) >= this.#limit;
  }

  take(caller: Caller): void {
    const key = principalOf(caller);
    this.#all++;
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
  }

  give(caller: Caller): void {
    const key = principalOf(caller);
    this.#all--;
    const left = (this.#held.get(key) ?? 0) - 1;
    if (left > 0) this.#held.set(key, left);
    else this.#held.delete(key);
  }
}
