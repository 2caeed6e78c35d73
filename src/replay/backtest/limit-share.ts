import type { DifferenceRow } from './differences.ts';
import type { DueClaim } from './limit-claims.ts';
import type { NamedLimit, RecordedCount } from './recorded-count.ts';
import type { Resumption } from './resumption.ts';
import type { NamedCaller } from './tally.ts';
import type { BacktestEffect, SureEffect } from './verdict.ts';

/** What one set of policies makes of a message, before its limits are asked. */
export interface LimitSide {
  readonly effect: BacktestEffect;
  readonly possible: readonly SureEffect[];
  readonly rule?: string | undefined;
  /** Whether its limits are asked. */
  readonly goesOn: 'yes' | 'perhaps' | 'no';
  /** These very policies were in force, so that what their limits did then is what they do. */
  readonly asThen: boolean;
  /** When it is counted is not known, for people said yes to it then and need not be asked here, or the other way round. */
  readonly apart?: boolean;
  /** Milliseconds for which people may take to say yes, where nobody was asked then. */
  readonly late?: number;
}

/** What many messages that limits count have in common. Plain data, for threads too. */
export interface LimitKind {
  readonly then: RecordedCount['then'];
  /** The limit that refused it then. */
  readonly limit?: NamedLimit | undefined;
  readonly after: LimitSide;
  /** Left out: what was decided then, of which nothing is counted again. */
  readonly before?: LimitSide | undefined;
  /** The difference where no limit refuses any of it. */
  readonly row?: DifferenceRow | undefined;
  readonly otherRule: boolean;
  /** What was decided then, or by the baseline without its limits. */
  readonly beforeEffect: BacktestEffect;
  readonly beforePossible: readonly SureEffect[];
  readonly beforeRule?: string | undefined;
  readonly place: Pick<DifferenceRow, 'upstream' | 'method' | 'target'>;
  /** Counted, and told nowhere: what follows another right is not judged again. */
  readonly silent: boolean;
}

/** One message that limits count. */
export interface LimitCandidate {
  readonly exchange: string;
  readonly openedAt: number;
  /** When it was counted, or would have been; milliseconds since the epoch. */
  readonly at: number;
  /** When it was counted then, at the latest. */
  readonly until: number;
  /** Indexes of its kind, of who called, and of what it claims of the limits of both. */
  readonly kind: number;
  readonly caller: number;
  readonly after: number;
  readonly before: number;
  readonly target?: string | undefined;
  /** What it brings back was asked for by a call that was counted. */
  readonly resumes?: Resumption | undefined;
}

/** What limits count of some exchanges: to be put in order of time with that of all others. */
export interface LimitShare {
  /** When the first and the last of the exchanges were opened, counted or not; milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
  readonly kinds: readonly LimitKind[];
  readonly callers: readonly NamedCaller[];
  readonly claims: readonly (readonly DueClaim[])[];
  readonly candidates: readonly LimitCandidate[];
}
