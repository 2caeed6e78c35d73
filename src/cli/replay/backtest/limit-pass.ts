import { type Compared, Differences } from '../../../replay/backtest/differences.ts';
import { exampleOf } from '../../../replay/backtest/example.ts';
import type { DueClaim } from '../../../replay/backtest/limit-claims.ts';
import type { LimitKind, LimitShare, LimitSide } from '../../../replay/backtest/limit-share.ts';
import { rowBetween } from '../../../replay/backtest/row-between.ts';
import { type BacktestTally, EMPTY_TALLY } from '../../../replay/backtest/tally.ts';
import { differenceOf, openVerdict, type SureEffect, sureVerdict, type Verdict } from '../../../replay/backtest/verdict.ts'; // biome-ignore format: one line says it
import { LimitLedger, type Room, slackOf } from './limit-ledger.ts';
import { LimitQueue, type Queued } from './limit-queue.ts';

/** Steps are kept a little later than they happen (store/sqlite/bulk); milliseconds. */
const LATE = 600_000;
/** Messages that wait to be put in order; with more of them, the earliest is counted. */
const MOST_WAITING = 1_000_000;
/** As long as a client may take to come back with what a call has asked for, in milliseconds (stages/limit.ts). */
const RESUMED_FOR = 600_000;

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
    const limits = { ...this.#counts, crowded, refused };
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
    const claims = side.goesOn === 'no' ? NONE : charged(ledger, one, all);
    if (claims.length === 0) return ROOM;
    const { then } = kind;
    if (side.asThen && then !== 'stopped') {
      if (then === 'limited') return { room: 'none', rule: kind.limit?.rule ?? '' };
      ledger.take(claims, at, true);
      return ROOM;
    }
    const found = ledger.look(claims, at, leniencyOf(then));
    const room = isUnexplained(found, kind, claims, recorded) ? doubtful(kind) : found;
    const isSure = side.goesOn === 'yes' && room.room === 'room';
    if (room.room !== 'none') ledger.take(claims, at, isSure);
    return room;
  }

  /** What the same limits would have made of what went on then; counts that. */
  #asRecorded(one: Queued): Room {
    const { kind, at, after } = one;
    const found = this.#before.look(after, at, leniencyOf(kind.then));
    const went = kind.then === 'went' || kind.then === 'approved';
    if (went) this.#before.take(charged(this.#before, one, after), at, true);
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

/** A call that comes back with what it was asked for was counted before: once, for each time that it was asked. */
function charged(ledger: LimitLedger, { resumes, at }: Queued, claims: Claims): Claims {
  if (resumes === undefined || claims.length === 0) return claims;
  const once: DueClaim = { rule: '', limit: 0, key: resumes, calls: 1, per: RESUMED_FOR };
  if (ledger.look([once], at, 0).room !== 'room') return claims;
  ledger.take([once], at, true);
  return NONE;
}

/** What was let through then should be now, and the other way round, where it is a matter of milliseconds. */
function leniencyOf(then: LimitKind['then']): 1 | 0 | -1 {
  if (then === 'stopped') return 0;
  return then === 'limited' ? -1 : 1;
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
  return claims.some(
    ({ rule, calls, per }) => rule === limit?.rule && calls === limit.calls && per === limit.per,
  );
}

function doubtful({ limit }: LimitKind): Room {
  return { room: 'either', rule: limit?.rule ?? '' };
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
    return openVerdict(unique([...possible, 'limit']), undefined);
  }
  if (!possible.some(isLetThrough)) return undefined;
  const left = room === 'none' ? possible.filter((effect) => !isLetThrough(effect)) : possible;
  return openVerdict(unique([...left, 'limit']), undefined);
}

function isLetThrough(effect: SureEffect): boolean {
  return effect === 'allow' || effect === 'mask';
}

function unique(effects: readonly SureEffect[]): SureEffect[] {
  return [...new Set(effects)];
}

function verdictOf({ possible, rule }: LimitSide): Verdict {
  return openVerdict(possible, rule);
}

function recorded({ beforePossible, beforeRule }: LimitKind): Verdict {
  return openVerdict(beforePossible, beforeRule);
}
