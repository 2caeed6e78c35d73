import type { DueClaim } from '../../../replay/backtest/limit-claims.ts';
import { entryTime, isReached, wantedOf } from '../../../store/limits-wanted.ts';
import { LimitLog } from '../../../store/memory/limit-log.ts';

/** Whether limits let a message through: `either` where that depends on what can't be told. */
export interface Room {
  readonly room: 'room' | 'none' | 'either';
  /** The rule of the limit that has none, or perhaps has none. */
  readonly rule?: string;
}

/** One count: what it has for sure, and all that it may have. */
interface Count {
  readonly sure: LimitLog;
  readonly all: LimitLog;
  /** When it can be forgotten, milliseconds since the epoch. */
  expires: number;
}

export type Lenience = (claim: DueClaim) => 1 | 0 | -1;

interface LedgerBounds {
  readonly counts: number;
  readonly entries: number;
}

/** Milliseconds between two calls that may have been there at once, whatever the span. */
const MOST_SLACK = 250;
const PARTS = 50;
/** What is over is kept a little longer, for what is looked at a little later than it happened; milliseconds. */
const KEPT = 2 * MOST_SLACK;
/** Counts that each take looks at, to forget those that are over. */
const STEPS = 4;
/** Most counts, and most entries of all counts together. */
const BOUNDS: LedgerBounds = { counts: 200_000, entries: 4_000_000 };
const ROOM: Room = { room: 'room' };

/**
 * Counts what limits bound over recorded time, by the gate's own entries and spans. What may or may not have been counted
 * is kept apart from what surely was, so that neither is guessed: there is none left where what is sure fills the span,
 * and room where all of it leaves some.
 */
export class LimitLedger {
  /** Messages that could not be counted, for want of room. */
  crowded = 0;
  readonly #bounds: LedgerBounds;
  readonly #counts = new Map<string, Count>();
  /** Takes of each limit of which it isn't known by what they count. */
  readonly #unknown = new Map<string, LimitLog>();
  #walk = this.#counts.entries();
  #entries = 0;

  constructor(bounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /**
   * Whether there is room for all of what a message claims. Takes nothing.
   *
   * @param lenient of each count, in doubt about milliseconds, 1: it went on; -1: it did not
   */
  look(claims: readonly DueClaim[], now: number, lenient: Lenience = () => 0): Room {
    const known = claims.filter(({ key, doubt }) => key !== undefined && doubt !== 'key');
    // What the gate itself can't tell apart, it refuses.
    const nameless = claims.find(({ key, doubt }) => key === undefined && doubt === undefined);
    if (nameless) return { room: 'none', rule: nameless.rule };
    let open = claims.find(({ doubt }) => doubt === 'key')?.rule;
    const wanted = wantedOf(known);
    for (const { key, takes, claim } of isReached(wanted) ? [] : wanted) {
      const due = claim as DueClaim;
      const room = this.#room(key, takes, due, now, lenient(due));
      if (room === 'none' && due.doubt === undefined) return { room, rule: due.rule };
      if (room !== 'room') open ??= due.rule;
    }
    return open === undefined ? ROOM : { room: 'either', rule: open };
  }

  /**
   * @param sure false where it may not have been counted
   * @param until when it was counted at the latest
   */
  take(claims: readonly DueClaim[], now: number, sure: boolean, until = now): void {
    this.#sweep(now);
    for (const claim of claims) {
      const { key, doubt } = claim;
      if (doubt === 'key') this.#addUnknown(claim, now, until);
      else if (key !== undefined) this.#add(key, claim, until, sure && doubt === undefined);
    }
  }

  #room(key: string, takes: number, claim: DueClaim, now: number, lenient: number): Room['room'] {
    const count = this.#counts.get(key);
    const unknown = this.#unknown.get(nameOf(claim));
    unknown?.forget(now - claim.per - KEPT);
    if (takes > claim.calls) return 'none';
    if (!count) {
      return this.#isFull() || (unknown?.total ?? 0) + takes > claim.calls ? 'either' : 'room';
    }
    this.#forget(count, now - claim.per - KEPT);
    const at = now + lenient * slackOf(claim);
    if (!fits(count.sure, takes, claim, at)) return 'none';
    return fits(count.all, takes + (unknown?.total ?? 0), claim, at) ? 'room' : 'either';
  }

  #add(key: string, claim: DueClaim, at: number, sure: boolean): void {
    const known = this.#counts.get(key);
    if (!known && this.#isFull()) {
      this.crowded++;
      return;
    }
    const count = known ?? { sure: new LimitLog(), all: new LimitLog(), expires: 0 };
    this.#counts.set(key, count);
    const time = entryTime(at, claim);
    const before = sizeOf(count);
    count.all.add(time, 1);
    if (sure) count.sure.add(time, 1);
    this.#entries += sizeOf(count) - before;
    count.expires = Math.max(count.expires, time + claim.per + KEPT);
  }

  #addUnknown(claim: DueClaim, now: number, at: number): void {
    const name = nameOf(claim);
    const log = this.#unknown.get(name) ?? new LimitLog();
    this.#unknown.set(name, log);
    log.forget(now - claim.per - KEPT);
    log.add(entryTime(at, claim), 1);
  }

  #forget(count: Count, until: number): void {
    const before = sizeOf(count);
    count.sure.forget(until);
    count.all.forget(until);
    this.#entries += sizeOf(count) - before;
  }

  #isFull(): boolean {
    return this.#counts.size >= this.#bounds.counts || this.#entries >= this.#bounds.entries;
  }

  #sweep(now: number): void {
    for (let step = 0; step < STEPS; step++) {
      const next = this.#walk.next();
      if (next.done) {
        this.#walk = this.#counts.entries();
        return;
      }
      const [key, count] = next.value;
      if (count.expires > now) continue;
      this.#entries -= sizeOf(count);
      this.#counts.delete(key);
    }
  }
}

/** Room is there once the entry is over with which so many takes will be. */
function fits(log: LimitLog, takes: number, { calls, per }: DueClaim, now: number): boolean {
  const over = log.total + takes - calls;
  if (over <= 0) return true;
  const time = log.timeOf(over);
  return time !== undefined && time + per <= now;
}

/**
 * How much a step may be late with what was counted before, in milliseconds: within a fiftieth of the span, two calls
 * may have been there at once.
 */
export function slackOf({ per }: Pick<DueClaim, 'per'>): number {
  return Math.min(MOST_SLACK, per / PARTS);
}

function nameOf({ rule, limit }: DueClaim): string {
  return `${rule} ${limit}`;
}

function sizeOf({ sure, all }: Count): number {
  return sure.size + all.size;
}
