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
  /** Ids by owner. */
  readonly #owned = new Map<string, Set<string>>();
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
      this.#idsOf(owner).add(entry.id);
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
    this.#owned.clear();
  }

  #makeRoom(owner: string, entries: readonly TokenEntry[]): void {
    const fresh = new Set(entries.map(({ id }) => id).filter((id) => !this.#entries.has(id)));
    const { max, maxOfOwner } = this.#options;
    const over = () => this.#entries.size + fresh.size > max;
    const overOfOwner = () => this.#idsOf(owner).size + fresh.size > maxOfOwner;
    if (over()) this.#clean(CLEANED_WHEN_FULL);
    if (overOfOwner()) this.#cleanOf(owner);
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

  /** All that has expired of an owner's, for it takes no room. */
  #cleanOf(owner: string): void {
    const now = this.#options.clock();
    for (const id of this.#idsOf(owner)) {
      if ((this.#entries.get(id)?.expires ?? 0) <= now) this.#delete(id);
    }
  }

  #delete(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    const ids = this.#idsOf(entry.owner);
    ids.delete(id);
    if (ids.size === 0) this.#owned.delete(entry.owner);
  }

  #idsOf(owner: string): Set<string> {
    const ids = this.#owned.get(owner) ?? new Set<string>();
    this.#owned.set(owner, ids);
    return ids;
  }

  #check(): void {
    if (this.#closed) throw tokensUnavailable(new Error('the token store is closed'));
  }
}
