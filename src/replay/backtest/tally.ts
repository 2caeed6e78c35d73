import type { Beside } from './recorded-verdict.ts';
import type { BacktestEffect, Difference, SureEffect } from './verdict.ts';

/** An exchange that was judged otherwise; what it says of arguments is masked as it was recorded. */
export interface BacktestExample {
  readonly exchange: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly sub?: string;
  readonly target?: string;
  /** Arguments as JSON, or the beginning of them. */
  readonly args?: string;
}

/** Exchanges of one kind that were judged alike, and otherwise than before. */
export interface BacktestRow {
  /** `open`: whether they are judged otherwise can't be told. */
  readonly difference: Difference | 'open';
  readonly before: BacktestEffect;
  readonly after: BacktestEffect;
  /** What it can be, where that is indeterminate. */
  readonly possible?: readonly SureEffect[];
  /** The rules that decided. */
  readonly beforeRule?: string;
  readonly afterRule?: string;
  readonly upstream: string;
  readonly method: string;
  /** Tool or prompt; left out of all else. */
  readonly target?: string;
  /** What is masked now and was not, and the other way round: `email redact`. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  readonly exchanges: number;
  /** The first of them. */
  readonly examples: readonly BacktestExample[];
}

/** A caller with exchanges that were judged otherwise. */
export interface BacktestCaller {
  readonly sub: string;
  readonly issuer: string;
  readonly changed: number;
  /** How many of each kind: `allow → block`. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** A caller by name. */
export interface NamedCaller {
  readonly sub: string;
  readonly issuer: string;
}

/** An item that lists no longer show, or now do. */
export interface ListChange {
  readonly change: 'unlisted' | 'listed';
  readonly upstream: string;
  /** `tools/list` and the like. */
  readonly method: string;
  /** Name or URI. */
  readonly item: string;
  /** Lists in which that is so. */
  readonly lists: number;
  /** To whom they were given, or the first {@link MOST_LISTED_FOR} of them by name. */
  readonly callers: readonly NamedCaller[];
  /** True where there are others. */
  readonly moreCallers: boolean;
}

/** What lists show, compared item by item. */
export interface ListsTally {
  /** Lists that were compared. */
  readonly compared: number;
  /** Lists that could not be, by why. */
  readonly open: Readonly<Record<string, number>>;
  /** Items left out then of which the transcript doesn't say what they were. */
  readonly unknownItems: number;
  readonly changes: readonly ListChange[];
  /** Lists with changes that there was no room for. */
  readonly moreChanges: number;
}

/** What limits have counted. */
export interface LimitsTally {
  /** Messages that limits were asked about. */
  readonly counted: number;
  /** Of those that went on: a span reaches back to before the first exchange, and what was counted then isn't known. */
  readonly early: number;
  /** Messages of which it can't be told by what they count. */
  readonly unknownKeys: number;
  /** Messages that there was no room to count. */
  readonly crowded: number;
  /** Answers with requests of their upstream's inside, which limits count as well, and are not counted here. */
  readonly inside: number;
  /** Messages that each rule's limits refuse, surely. */
  readonly refused: Readonly<Record<string, number>>;
}

/** What a backtest has counted. Plain data, for threads too; tallies of parts add up to that of the whole. */
export interface BacktestTally {
  /** Exchanges that were read, and that were judged by both. */
  readonly read: number;
  readonly judged: number;
  /** Exchanges that could not be judged, by why. */
  readonly unjudged: Readonly<Record<string, number>>;
  /** Those that something beside the rules refused then. */
  readonly beside: Readonly<Partial<Record<Beside, number>>>;
  /** Exchanges judged by another rule to the same effect. */
  readonly otherRule: number;
  /** Exchanges by effect before and effect after: `allow block`. */
  readonly matrix: Readonly<Record<string, number>>;
  readonly rows: readonly BacktestRow[];
  /** Exchanges that there was no room for in the rows. */
  readonly moreRows: number;
  readonly callers: readonly BacktestCaller[];
  readonly moreCallers: number;
  /** Exchanges that each rule matched. */
  readonly matchedBefore: Readonly<Record<string, number>>;
  readonly matchedAfter: Readonly<Record<string, number>>;
  readonly limits: LimitsTally;
  readonly lists: ListsTally;
  /** Milliseconds since the epoch; left out where nothing was read. */
  readonly first?: number;
  readonly last?: number;
}

/** Rows and callers that are counted apart. */
export const MOST_ROWS = 5_000;
export const MOST_CALLERS = 5_000;
/** Callers of each change of a list that are named. */
export const MOST_LISTED_FOR = 50;

export const NO_LIMITS: LimitsTally = { counted: 0, early: 0, unknownKeys: 0, crowded: 0, inside: 0, refused: {} }; // biome-ignore format: one line says it
const NO_LISTS: ListsTally = { compared: 0, open: {}, unknownItems: 0, changes: [], moreChanges: 0 }; // biome-ignore format: one line says it

export const EMPTY_TALLY: BacktestTally = {
  ...{ read: 0, judged: 0, unjudged: {}, beside: {}, otherRule: 0, matrix: {} },
  ...{ rows: [], moreRows: 0, callers: [], moreCallers: 0, matchedBefore: {}, matchedAfter: {} },
  ...{ limits: NO_LIMITS, lists: NO_LISTS },
};

/** What rows that are one have in common. */
export function rowKey(row: Omit<BacktestRow, 'exchanges' | 'examples'>): string {
  const { difference, before, after, beforeRule, afterRule, upstream, method, target } = row;
  const parts = [difference, before, after, beforeRule, afterRule, upstream, method, target];
  return JSON.stringify([...parts, row.possible, row.gained, row.lost]);
}

export function callerKey({ issuer, sub }: Pick<BacktestCaller, 'issuer' | 'sub'>): string {
  return `${issuer}\n${sub}`;
}

/** What changes of lists that are one have in common. */
export function changeKey({
  change,
  upstream,
  method,
  item,
}: Pick<ListChange, 'change' | 'upstream' | 'method' | 'item'>): string {
  return JSON.stringify([change, upstream, method, item]);
}
