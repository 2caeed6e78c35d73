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
  /** Milliseconds since the epoch; left out where nothing was read. */
  readonly first?: number;
  readonly last?: number;
}

/** Rows and callers that are counted apart. */
export const MOST_ROWS = 5_000;
export const MOST_CALLERS = 5_000;

export const EMPTY_TALLY: BacktestTally = {
  ...{ read: 0, judged: 0, unjudged: {}, beside: {}, otherRule: 0, matrix: {} },
  ...{ rows: [], moreRows: 0, callers: [], moreCallers: 0, matchedBefore: {}, matchedAfter: {} },
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
