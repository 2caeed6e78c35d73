import type { LimitClaim } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import type { Clock, LimitReached } from '../../model/seams.ts';
import type { LimitsStore } from '../limits-store.ts';
import { entryTime, isReached, type Wanted, wantedOf } from '../limits-wanted.ts';
import { LimitLog } from './limit-log.ts';

export interface MemoryLimiterOptions {
  readonly clock: Clock;
  /** Most counts. */
  readonly counts?: number;
  /** Most entries of all counts together. */
  readonly entries?: number;
}

/** Counts that each take looks at, to forget those that are over. */
const STEPS = 4;
/** How often all of them are looked at while there is no room, in milliseconds. */
const SEARCH = 1_000;

/**
 * Counts in memory: for one gate, until it stops. Their number is bounded. Where there is no room for another, takes
 * that need one reject, for to forget one would let calls through that its limit refuses.
 */
export class MemoryLimiter implements LimitsStore {
  readonly #clock: Clock;
  readonly #mostCounts: number;
  readonly #mostEntries: number;
  readonly #logs = new Map<string, LimitLog>();
  #walk = this.#logs.entries();
  #entries = 0;
  #searchedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor({ clock, counts = 100_000, entries = 1_000_000 }: MemoryLimiterOptions) {
    this.#clock = clock;
    this.#mostCounts = counts;
    this.#mostEntries = entries;
  }

  take(claims: readonly LimitClaim[]): LimitReached | undefined | Promise<never> {
    if (this.#closed) return unavailable('the counts are closed');
    const wanted = wantedOf(claims);
    if (isReached(wanted)) return wanted;
    const now = this.#clock();
    this.#sweep(now, STEPS);
    for (const one of wanted) {
      const reached = this.#reached(one, now);
      if (reached) return reached;
    }
    if (!this.#hasRoom(wanted, now)) return unavailable('there is no room for more counts');
    for (const one of wanted) this.#add(one, now);
    return undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#logs.clear();
  }

  #reached({ key, takes, claim }: Wanted, now: number): LimitReached | undefined {
    const log = this.#logs.get(key);
    if (log) this.#changed(log, () => log.forget(now - claim.per));
    const over = (log?.total ?? 0) + takes - claim.calls;
    if (over <= 0) return undefined;
    return { claim, until: (log?.timeOf(over) ?? now) + claim.per };
  }

  #add({ key, takes, claim }: Wanted, now: number): void {
    const log = this.#logs.get(key) ?? new LimitLog();
    this.#logs.set(key, log);
    const time = entryTime(now, claim);
    this.#changed(log, () => log.add(time, takes));
    log.expires = Math.max(log.expires, time + claim.per);
  }

  #changed(log: LimitLog, change: () => void): void {
    const before = log.size;
    change();
    this.#entries += log.size - before;
  }

  #hasRoom(wanted: readonly Wanted[], now: number): boolean {
    if (this.#fits(wanted)) return true;
    if (now - this.#searchedAt < SEARCH && now >= this.#searchedAt) return false;
    this.#searchedAt = now;
    for (const [key, log] of this.#logs) this.#forgetOver(key, log, now);
    return this.#fits(wanted);
  }

  #fits(wanted: readonly Wanted[]): boolean {
    const more = wanted.filter(({ key }) => !this.#logs.has(key)).length;
    const counts = this.#logs.size + more <= this.#mostCounts;
    return counts && this.#entries + wanted.length <= this.#mostEntries;
  }

  #sweep(now: number, steps: number): void {
    for (let step = 0; step < steps; step++) {
      const next = this.#walk.next();
      if (next.done) {
        this.#walk = this.#logs.entries();
        return;
      }
      const [key, log] = next.value;
      this.#forgetOver(key, log, now);
    }
  }

  #forgetOver(key: string, log: LimitLog, now: number): void {
    if (log.expires > now) return;
    this.#entries -= log.size;
    this.#logs.delete(key);
  }
}

function unavailable(message: string): Promise<never> {
  return Promise.reject(new GateError('LIMIT_UNAVAILABLE', message));
}
