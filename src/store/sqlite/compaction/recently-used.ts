/** Keeps the values that were used last, up to a size of all together. */
export class RecentlyUsed<Value> {
  readonly #most: number;
  readonly #values = new Map<number, { readonly value: Value; readonly size: number }>();
  #size = 0;

  /** @param most size of all values together */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: number): Value | undefined {
    const found = this.#values.get(key);
    if (!found) return undefined;
    // A map keeps the order in which its keys came.
    this.#values.delete(key);
    this.#values.set(key, found);
    return found.value;
  }

  /** Keeps it, unless it alone is more than all may be. */
  set(key: number, value: Value, size: number): void {
    if (size > this.#most) return;
    this.#values.set(key, { value, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#values) {
      if (this.#size <= this.#most) return;
      this.#values.delete(oldest);
      this.#size -= freed;
    }
  }
}
