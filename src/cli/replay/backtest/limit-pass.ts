import { MAX_AGE } from '../../../pipeline/stages/input-state.ts';
import { type Compared, Differences } from '../../../replay/backtest/differences.ts';
import { exampleOf } from '../../../replay/backtest/example.ts';
import type { DueClaim } from '../../../replay/backtest/limit-claims.ts';
import type { LimitKind, LimitShare, LimitSide } from '../../../replay/backtest/limit-share.ts';
import { rowBetween } from '../../../replay/backtest/row-between.ts';
import { type BacktestTally, EMPTY_TALLY } from '../../../replay/backtest/tally.ts';
import { differenceOf, openVerdict, type SureEffect, sureVerdict, type Verdict } from '../../../replay/backtest/verdict.ts'; // biome-ignore format: one line says it
import { type Lenience, LimitLedger, type Room, slackOf } from './limit-ledger.ts';
import { LimitQueue, type Queued } from './limit-queue.ts';

/** Steps are kept a little later than they happen (store/sqlite/bulk); milliseconds. */
const LATE = 600_000;
/** Messages that wait to be put in order; with more of them, the earliest is counted. */
const MOST_WAITING = 1_000_000;

type Claims = readonly DueClaim[];

/** Limits that are asked, and what the same would have made of what went on then. */
interface Asked {
  readonly side: LimitSide;
  readonly claims: Claims;
  readonly recorded?: Room | undefined;
}

const NONE: Claims = [];
const ROOM: Room = { room: 'room' };

/**
 * Counts what limits bound in the order in which it happened, over all exchanges, and compares what becomes of each. It
 * is given shares of them in any order, and has at most ten minutes of them in memory.
 */
export class LimitPass {
  readonly #differences: Differences;
  readonly #after = new LimitLedger();
  /** By the baseline; where that is what was recorded, what the limits of now would have counted of what went on. */
  readonly #before = new LimitLedger();
  readonly #queue = new LimitQueue();
  readonly #early = new Map<number, LimitShare | undefined>();
  readonly #refused = new Map<string, number>();
  readonly #counts = { counted: 0, early: 0, unknownKeys: 0 };
  #due = 0;
  #start: number | undefined;
  #seen = Number.NEGATIVE_INFINITY;

  /** @param examples of each kind of difference; what they carried is not told here */
  constructor(examples: number) {
    this.#differences = new Differences(examples);
  }

  /** @param index where the share stands among all of them */
  add(index: number, share: LimitShare | undefined): void {
    this.#early.set(index, share);
    while (this.#early.has(this.#due)) {
      const next = this.#early.get(this.#due);
      this.#early.delete(this.#due++);
      if (next) this.#enqueue(next);
    }
  }

  /** Counts what is left. */
  tally(): BacktestTally {
    this.#settleUntil(Number.POSITIVE_INFINITY);
    const refused = Object.fromEntries(this.#refused);
    const crowded = this.#after.crowded + this.#before.crowded;
    const limits = { ...EMPTY_TALLY.limits, ...this.#counts, crowded, refused };
    return { ...EMPTY_TALLY, ...this.#differences.tally(), limits };
  }

  #enqueue({ first, last, kinds, callers, claims, candidates }: LimitShare): void {
    this.#start ??= first;
    this.#seen = Math.max(this.#seen, last);
    for (const one of candidates) {
      const [kind, caller] = [kinds[one.kind], callers[one.caller]];
      if (!kind || !caller) continue;
      const [after = NONE, before = NONE] = [claims[one.after], claims[one.before]];
      // Of what came at once, what went on was counted before what was refused.
      const order = one.at + (kind.limit ? slackOf(kind.limit) : 0);
      this.#queue.add({ ...one, kind, caller, after, before, order });
    }
    this.#settleUntil(this.#seen - LATE);
  }

  #settleUntil(time: number): void {
    for (;;) {
      const { next, size } = this.#queue;
      if (next === undefined || (next > time && size <= MOST_WAITING)) return;
      const one = this.#queue.take();
      if (one) this.#settle(one);
    }
  }

  #settle(one: Queued): void {
    const { kind, caller, openedAt } = one;
    const { after, before } = kind;
    if (after.goesOn !== 'no' || (before && before.goesOn !== 'no')) this.#noteCounted(one);
    const recorded = before ? undefined : this.#asRecorded(one);
    const room = this.#ask(this.#after, one, { side: after, claims: one.after, recorded });
    const than = before && this.#ask(this.#before, one, { side: before, claims: one.before });
    this.#noteEarly(one, room);
    if (kind.silent) return;
    if (room.room === 'none' && room.rule !== undefined) {
      this.#refused.set(room.rule, (this.#refused.get(room.rule) ?? 0) + 1);
    }
    this.#differences.note({ ...comparedBy(kind, room, than), ...caller }, openedAt, () => {
      const { exchange: id, target } = one;
      return exampleOf({ id, openedAt, target, sub: caller.sub });
    });
  }

  /** Asks the limits of one set of policies, and counts what they let through. */
  #ask(ledger: LimitLedger, one: Queued, { side, claims: all, recorded }: Asked): Room {
    const { at, kind } = one;
    const { then } = kind;
    const isKnown = side.goesOn === 'yes' && !side.apart;
    const claims = side.goesOn === 'no' ? NONE : charged(ledger, one, all, isKnown);
    if (claims.length === 0) return ROOM;
    if (side.asThen && then !== 'stopped') {
      if (then === 'limited') return { room: 'none', rule: kind.limit?.rule ?? '' };
      ledger.take(claims, at, !side.apart, side.apart ? one.until : at);
      return ROOM;
    }
    const found = ledger.look(claims, at, lenienceOf(kind));
    const isOpen = side.apart || isUnexplained(found, kind, claims, recorded);
    const room = isOpen ? doubtful(kind, claims) : found;
    const isSure = isKnown && room.room === 'room';
    const until = side.apart ? one.until : at + (side.late ?? 0);
    if (room.room !== 'none') ledger.take(claims, at, isSure, until);
    return room;
  }

  /** What the same limits would have made of what went on then; counts that. */
  #asRecorded(one: Queued): Room {
    const { kind, at, after } = one;
    const found = this.#before.look(after, at, lenienceOf(kind));
    const went = kind.then === 'went' || kind.then === 'approved';
    const isSame = one.until === at;
    if (went) this.#before.take(charged(this.#before, one, after, isSame), at, isSame, one.until);
    return found;
  }

  #noteCounted({ after, before }: Queued): void {
    this.#counts.counted++;
    const isHidden = ({ doubt }: DueClaim) => doubt === 'key';
    if (after.some(isHidden) || before.some(isHidden)) this.#counts.unknownKeys++;
  }

  /** What was counted before the first exchange isn't known. */
  #noteEarly({ at, after, kind: { after: side, then } }: Queued, { room }: Room): void {
    if (room !== 'room' || side.goesOn === 'no' || side.asThen || then === 'limited') return;
    const start = this.#start ?? at;
    if (after.some(({ per }) => at - per < start)) this.#counts.early++;
  }
}

/**
 * A call that comes back with what it was asked for was counted before: once, for each time that it was asked.
 *
 * @param sure it goes on, and now
 */
function charged(
  ledger: LimitLedger,
  { resumes, at }: Queued,
  claims: Claims,
  sure: boolean,
): Claims {
  // biome-ignore format: one line says it
  if (resumes === undefined || claims.length === 0) return claims;
  const once: DueClaim = { rule: '', limit: 0, key: resumes.of, calls: 1, per: MAX_AGE };
  const { room } = ledger.look([once], at);
  if (room === 'none') return claims;
  ledger.take([once], at, sure && resumes.sure);
  if (room === 'room' && resumes.sure) return NONE;
  return claims.map((claim) => (claim.doubt ? claim : { ...claim, doubt: 'due' }));
}

/** What was let through then should be now, and what a limit refused it should, where it is a matter of milliseconds. */
function lenienceOf({ then, limit }: LimitKind): Lenience {
  if (then === 'limited') return (claim) => (isSame(claim, limit) ? -1 : 0);
  return () => (then === 'stopped' ? 0 : 1);
}

function isSame({ rule, calls, per }: DueClaim, limit: LimitKind['limit']): boolean {
  return rule === limit?.rule && calls === limit.calls && per === limit.per;
}

/**
 * The same limit has refused it then, and what is recorded does not say why: the count began before the first exchange,
 * or others are counted with it that are not recorded here.
 */
function isUnexplained(
  { room }: Room,
  { then, limit }: LimitKind,
  claims: readonly DueClaim[],
  recorded: Room | undefined,
): boolean {
  if (room !== 'room' || then !== 'limited' || recorded?.room === 'none') return false;
  return claims.some((claim) => isSame(claim, limit));
}

function doubtful({ limit }: LimitKind, claims: Claims): Room {
  const rule = limit?.rule ?? claims[0]?.rule;
  return { room: 'either', ...(rule !== undefined && { rule }) };
}

/** What becomes of a message once its limits were asked. */
function comparedBy(
  kind: LimitKind,
  room: Room,
  than: Room | undefined,
): Omit<Compared, 'sub' | 'issuer'> {
  const { after, before, otherRule, row, place } = kind;
  const now = limited(after, room);
  const then = before && than && limited(before, than);
  if (!now && !then) {
    return { before: kind.beforeEffect, after: after.effect, row, otherRule };
  }
  const [was, is] = [then ?? recorded(kind), now ?? verdictOf(after)];
  const difference = differenceOf(was, is);
  const isOpen = was.effect === 'indeterminate' || is.effect === 'indeterminate';
  const facts = { before: was.effect, after: is.effect };
  if (difference === undefined && !isOpen) {
    return { ...facts, otherRule: was.rule !== is.rule };
  }
  const told = rowBetween(place, was, is, difference ?? 'open');
  // Which limit it is that may refuse it, is known.
  const { rule } = room;
  const named = now?.effect === 'indeterminate' && rule !== undefined ? { afterRule: rule } : {};
  return { ...facts, row: { ...told, ...named }, otherRule: false };
}

/** Undefined where limits change nothing. */
function limited(side: LimitSide, { room, rule }: Room): Verdict | undefined {
  if (room === 'room' || side.goesOn === 'no') return undefined;
  const { possible, goesOn } = side;
  if (goesOn === 'yes') {
    if (room === 'none') return sureVerdict('limit', rule);
    return openVerdict([...possible, 'limit'], undefined);
  }
  if (!possible.some(isLetThrough)) return undefined;
  const left = room === 'none' ? possible.filter((effect) => !isLetThrough(effect)) : possible;
  return openVerdict([...left, 'limit'], undefined);
}

function isLetThrough(effect: SureEffect): boolean {
  return effect === 'allow' || effect === 'mask';
}

function verdictOf({ possible, rule }: LimitSide): Verdict {
  return openVerdict(possible, rule);
}

function recorded({ beforePossible, beforeRule }: LimitKind): Verdict {
  return openVerdict(beforePossible, beforeRule);
}
