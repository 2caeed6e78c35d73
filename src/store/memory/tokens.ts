import type { Clock, TokenEntry, TokenStore } from '../../model/seams.ts';
import {
  CLEANED,
  CLEANED_WHEN_FULL,
  type TokenBounds,
  tokensFull,
  tokensOfOwnerFull,
  tokensUnavailable,
} from '../tokens-bounds.ts';

export interface MemoryTokensOptions extends TokenBounds {
  readonly clock: Clock;
}

interface Owned extends TokenEntry {
  readonly owner: string;
}

/** Tokens that end with the process. */
export class MemoryTokens implements TokenStore {
  readonly #options: MemoryTokensOptions;
  readonly #entries = new Map<string, Owned>();
  /** How many there are of each owner. */
  readonly #counts = new Map<string, number>();
  #key: string | undefined;
  #closed = false;

  constructor(options: MemoryTokensOptions) {
    this.#options = options;
  }

  save(owner: string, entries: readonly TokenEntry[]): void {
    this.#check();
    this.#clean(CLEANED);
    this.#makeRoom(owner, entries);
    for (const entry of entries) {
      const before = this.#entries.get(entry.id);
      const expires = Math.max(before?.expires ?? 0, entry.expires);
      // Those that were given out last are looked at last for what has expired.
      this.#delete(entry.id);
      this.#entries.set(entry.id, { ...entry, owner, expires });
      this.#count(owner, 1);
    }
  }

  find(ids: readonly string[]): ReadonlyMap<string, TokenEntry> {
    this.#check();
    return new Map(
      ids.flatMap((id): [string, TokenEntry][] => {
        const entry = this.#entries.get(id);
        return entry ? [[id, entry]] : [];
      }),
    );
  }

  clean(): void {
    this.#clean(CLEANED_WHEN_FULL);
  }

  sealedWith(key: string): string | undefined {
    const before = this.#key;
    this.#key = key;
    return before;
  }

  close(): void {
    this.#closed = true;
    this.#entries.clear();
    this.#counts.clear();
  }

  #makeRoom(owner: string, entries: readonly TokenEntry[]): void {
    const fresh = new Set(entries.map(({ id }) => id).filter((id) => !this.#entries.has(id)));
    const { max, maxOfOwner } = this.#options;
    const over = () => this.#entries.size + fresh.size > max;
    const overOfOwner = () => (this.#counts.get(owner) ?? 0) + fresh.size > maxOfOwner;
    if (over()) this.#clean(CLEANED_WHEN_FULL);
    if (overOfOwner()) this.#clean(this.#entries.size);
    if (overOfOwner()) throw tokensOfOwnerFull(maxOfOwner);
    if (over()) throw tokensFull(max);
  }

  #clean(most: number): void {
    const now = this.#options.clock();
    let looked = 0;
    for (const [id, { expires }] of this.#entries) {
      if (looked++ === most) return;
      if (expires <= now) this.#delete(id);
    }
  }

  #delete(id: string): void {
    const entry = this.#entries.get(id);
    if (this.#entries.delete(id) && entry) this.#count(entry.owner, -1);
  }

  #count(owner: string, more: number): void {
    const count = (this.#counts.get(owner) ?? 0) + more;
    if (count > 0) this.#counts.set(owner, count);
    else this.#counts.delete(owner);
  }

  #check(): void {
    if (this.#closed) throw tokensUnavailable(new Error('the token store is closed'));
  }
}
