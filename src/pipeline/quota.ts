import { type Identity, principalOf } from '../model/identity.ts';

type Caller = Pick<Identity, 'sub' | 'issuer'>;

/** Counts what each caller holds of something, up to a limit, so that one can't take all there is. */
export class Quota {
  readonly #limit: number;
  readonly #held = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** True where the caller holds as much as it may. */
  isFull(caller: Caller): boolean {
    return (this.#held.get(principalOf(caller)) ?? 0) >= this.#limit;
  }

  take(caller: Caller): void {
    const key = principalOf(caller);
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
  }

  give(caller: Caller): void {
    const key = principalOf(caller);
    const left = (this.#held.get(key) ?? 0) - 1;
    if (left > 0) this.#held.set(key, left);
    else this.#held.delete(key);
  }
}
