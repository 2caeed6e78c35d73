import type { Position } from './position.ts';

export const effects = ['allow', 'block', 'approve'] as const;
/** What a rule says of a message it matches. */
export type Effect = (typeof effects)[number];

/** Which side of a call a mask works on: what the caller sends, or what comes back. */
export type MaskSide = 'args' | 'result';

/** How a value is replaced. */
export type MaskerSpec =
  | { readonly masker: 'redact' }
  | { readonly masker: 'keep'; readonly first: number; readonly last: number };

/** Where a mask looks: what detectors find, or what stands at a path. */
export type MaskTarget =
  | { readonly find: readonly string[] }
  | { readonly path: readonly PathSegment[]; readonly text: string };

/** A step into a value: a member's name, an index, `*` (every member or element) or `**` (any depth). */
export type PathSegment = string | number | typeof EACH | typeof DEEP;
export const EACH = Symbol('*');
export const DEEP = Symbol('**');

/** A duty that comes with a decision: mask this before the message goes on or is recorded. */
export interface MaskObligation {
  readonly rule: string;
  readonly sides: readonly MaskSide[];
  readonly target: MaskTarget;
  readonly with: MaskerSpec;
  readonly at: Position;
}

/** One count that a message takes its part of before it goes on. */
export interface LimitClaim {
  readonly rule: string;
  /** What is counted, the same for every message that shares the count; undefined where it can't be told. */
  readonly key: string | undefined;
  readonly calls: number;
  /** Milliseconds. */
  readonly per: number;
}

/** What a shadow rule would have done. */
export interface WouldBe {
  readonly rule: string;
  /** `limit`: it would have refused a call beyond its limit. */
  readonly effect: Effect | 'mask' | 'limit';
}

/** The outcome of judging one message. */
export interface Decision {
  readonly effect: Effect;
  /** The rule that decided; absent when nothing matched, or when the protocol decided. */
  readonly rule?: string;
  readonly reason: string;
  /** Every enforced rule that matched, by id. */
  readonly matched: readonly string[];
  readonly would: readonly WouldBe[];
  readonly masks: readonly MaskObligation[];
  readonly limits: readonly LimitClaim[];
  /** Limits of shadow rules: counted on their own, and nothing is refused for them. */
  readonly shadowLimits?: readonly LimitClaim[];
  /** Seconds after which a call that a limit refused may go on. */
  readonly retryAfter?: number;
  /** `hide`: the refusal looks as if the target did not exist. */
  readonly denial: 'explain' | 'hide';
  /** Ids of the rules whose condition could not be evaluated. */
  readonly unjudged: readonly string[];
}
