import { hash } from 'node:crypto';
import type { Identity } from '../model/identity.ts';
import type { Clock } from '../model/seams.ts';

const MAX_ENTRIES = 10_000;
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly identity: Identity;
  readonly until: number;
}

/** Identities of tokens that were verified a moment ago. Holds digests, never a token; the least used one goes first. */
export class TokenCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a token is known by. */
  key(token: string, upstream: string): string {
    return `${hash('sha256', token, 'base64url')} ${upstream}`;
  }

  get(key: string): Identity | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (this.#clock() >= entry.until) return undefined;
    this.#entries.set(key, entry);
    return entry.identity;
  }

  /** @param until when the token ends, in milliseconds since the epoch; an entry lives a minute at most */
  set(key: string, identity: Identity, until: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { identity, until: Math.min(until, this.#clock() + MAX_AGE_MS) });
    if (this.#entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
