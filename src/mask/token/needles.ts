/** A stretch of a text, and which of the needles it is. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly needle: number;
}

/** Of UTF-16 code units. */
const ALPHABET = 0x10000;
/** Children of a node that are looked through one by one; those of a node that has more are looked up. */
const FEW = 8;

let folds: Uint16Array | undefined;

/** Each UTF-16 code unit in lower case, where that is one code unit as well. */
function folded(): Uint16Array {
  if (folds) return folds;
  const table = new Uint16Array(ALPHABET);
  for (let code = 0; code < ALPHABET; code++) {
    const lower = String.fromCharCode(code).toLowerCase();
    table[code] = lower.length === 1 ? lower.charCodeAt(0) : code;
  }
  folds = table;
  return table;
}

/**
 * Finds many texts in one, whatever their case, in one pass over it (Aho and Corasick, Efficient string matching,
 * 1975): the time hardly depends on how many are looked for, nor on what the text is.
 */
export class Needles {
  readonly #lengths: readonly number[];
  readonly #fold = folded();
  /** The node that a code unit leads to from the root, which is node 0. */
  readonly #first: Int32Array;
  /** Of each node: the code unit that leads to it, its first child, the next child of its parent. */
  readonly #code: Uint16Array;
  readonly #child: Int32Array;
  readonly #sibling: Int32Array;
  /** Where a text goes on that stops being like the needle. */
  readonly #fail: Int32Array;
  /** The longest needle that ends here; -1 for none. */
  readonly #ends: Int32Array;
  /** How many children a node has, as far as {@link FEW}. */
  readonly #children: Uint8Array;
  /** Children of nodes that have many. */
  readonly #many = new Map<number, number>();
  #size = 1;

  /** @param needles none of them empty */
  constructor(needles: readonly string[]) {
    this.#lengths = needles.map((needle) => needle.length);
    const most = 1 + this.#lengths.reduce((sum, length) => sum + length, 0);
    this.#first = new Int32Array(most === 1 ? 0 : ALPHABET);
    this.#code = new Uint16Array(most);
    this.#child = new Int32Array(most);
    this.#sibling = new Int32Array(most);
    this.#fail = new Int32Array(most);
    this.#ends = new Int32Array(most).fill(-1);
    this.#children = new Uint8Array(most);
    for (const [index, needle] of needles.entries()) this.#add(needle, index);
    this.#link();
  }

  /**
   * Stretches that don't overlap; together they are all that is any needle's.
   *
   * @param between 1 for each code unit that is read over
   */
  find(text: string, between?: Uint8Array): Found[] {
    const found: Found[] = [];
    if (this.#lengths.length === 0) return found;
    // Where what is not read over stands.
    const places = between && new Uint32Array(text.length);
    let count = 0;
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (between?.[unit] === 1) continue;
      if (places) places[count++] = i;
      const code = this.#fold[unit] as number;
      node = node === 0 ? (this.#first[code] as number) : this.#step(node, code);
      if (node === 0) continue;
      const needle = this.#ends[node] as number;
      if (needle === -1) continue;
      const length = this.#lengths[needle] as number;
      const start = places ? (places[count - length] as number) : i + 1 - length;
      keep(found, { start, end: i + 1, needle });
    }
    return found;
  }

  #add(needle: string, index: number): void {
    let node = 0;
    for (let i = 0; i < needle.length; i++) {
      const code = this.#fold[needle.charCodeAt(i)] as number;
      node = this.#next(node, code) || this.#grow(node, code);
    }
    if (this.#ends[node] === -1) this.#ends[node] = index;
  }

  #grow(parent: number, code: number): number {
    const node = this.#size++;
    const before = this.#child[parent] as number;
    this.#code[node] = code;
    this.#sibling[node] = before;
    this.#child[parent] = node;
    if (parent === 0) {
      this.#first[code] = node;
      return node;
    }
    const count = this.#children[parent] as number;
    if (count === FEW) this.#many.set(parent * ALPHABET + code, node);
    else this.#children[parent] = count + 1;
    // From now on all of them are looked up.
    if (count === FEW - 1) this.#lookUp(parent);
    return node;
  }

  #lookUp(parent: number): void {
    for (let node = this.#child[parent] as number; node !== 0; ) {
      this.#many.set(parent * ALPHABET + (this.#code[node] as number), node);
      node = this.#sibling[node] as number;
    }
  }

  /** Level by level, for a node goes on where one does that is nearer to the root. */
  #link(): void {
    for (let level = this.#childrenOf([0]); level.length > 0; level = this.#childrenOf(level)) {
      for (const parent of level) {
        for (let node = this.#child[parent] as number; node !== 0; ) {
          const fail = this.#step(this.#fail[parent] as number, this.#code[node] as number);
          this.#fail[node] = fail;
          if (this.#ends[node] === -1) this.#ends[node] = this.#ends[fail] as number;
          node = this.#sibling[node] as number;
        }
      }
    }
  }

  #childrenOf(level: readonly number[]): number[] {
    const below: number[] = [];
    for (const parent of level) {
      for (let node = this.#child[parent] as number; node !== 0; ) {
        below.push(node);
        node = this.#sibling[node] as number;
      }
    }
    return below;
  }

  /** The child that a code unit leads to; 0 for none. */
  #next(parent: number, code: number): number {
    if (parent === 0) return this.#first[code] as number;
    if (this.#children[parent] === FEW) return this.#many.get(parent * ALPHABET + code) ?? 0;
    let node = this.#child[parent] as number;
    while (node !== 0 && this.#code[node] !== code) node = this.#sibling[node] as number;
    return node;
  }

  #step(from: number, code: number): number {
    for (let node = from; ; node = this.#fail[node] as number) {
      const next = this.#next(node, code);
      if (next !== 0 || node === 0) return next;
    }
  }
}

/** They come by where they end; one that begins no later takes the place of those inside of it. */
function keep(found: Found[], one: Found): void {
  let last = found.at(-1);
  while (last && last.start >= one.start) {
    found.pop();
    last = found.at(-1);
  }
  if (!last || last.end <= one.start) found.push(one);
  // What overlaps an earlier one is cut to what is left, so that nothing of it stays.
  else found.push({ ...one, start: last.end });
}
