interface Entry {
  readonly key: string;
  readonly time: number;
}

/** Keys by time, the earliest first. Setting, deleting and looking take a time that grows with the logarithm of their number. */
export class DueTimes {
  /** A binary heap. What was set anew or deleted stays in it until it comes first, or until there is more of that than not. */
  #heap: Entry[] = [];
  readonly #entries = new Map<string, Entry>();

  set(key: string, time: number): void {
    const entry = { key, time };
    this.#entries.set(key, entry);
    this.#push(entry);
    if (this.#heap.length > 2 * this.#entries.size + 16) this.#rebuild();
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The earliest time. */
  first(): number | undefined {
    return this.#peek()?.time;
  }

  /** Keys whose time is not after `time`, the earliest first. */
  upTo(time: number, limit: number): readonly string[] {
    const found: Entry[] = [];
    for (
      let entry = this.#peek();
      entry && entry.time <= time && found.length < limit;
      entry = this.#peek()
    ) {
      found.push(entry);
      this.#pop();
    }
    for (const entry of found) this.#push(entry);
    return found.map(({ key }) => key);
  }

  #peek(): Entry | undefined {
    for (let entry = this.#heap[0]; entry; entry = this.#heap[0]) {
      if (this.#entries.get(entry.key) === entry) return entry;
      this.#pop();
    }
    return undefined;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = isEarlier(heap[right], heap[left]) ? right : left;
      if (!this.#swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  /** Of a child and its parent. */
  #swapIfEarlier(child: number, parent: number): boolean {
    const [below, above] = [this.#heap[child], this.#heap[parent]];
    if (!below || !above || !isEarlier(below, above)) return false;
    this.#heap[parent] = below;
    this.#heap[child] = above;
    return true;
  }

  #rebuild(): void {
    this.#heap = [];
    for (const entry of this.#entries.values()) this.#push(entry);
  }
}

/** Of the same time, the lesser key goes first. */
function isEarlier(a: Entry | undefined, b: Entry | undefined): boolean {
  if (!a || !b) return false;
  return a.time < b.time || (a.time === b.time && a.key < b.key);
}
