import type { Node } from '../document/node.ts';
import type { ApprovalDemand } from '../model/approval.ts';
import type { Effect, MaskObligation, PathSegment, RevealGrant } from '../model/decision.ts';
import type { Position } from '../model/position.ts';
import type { OwnName } from './detector-names.ts';
import type { TargetKind } from './subject.ts';

/** What a rule is about: names of one kind, as globs. */
export interface TargetPattern {
  readonly kind: TargetKind;
  readonly globs: readonly string[];
}

/** An operator with its operand, as written. */
export interface OperatorUse {
  readonly operator: string;
  readonly at: Position;
  readonly operand: Node;
}

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** An expression of the Common Expression Language. */
  | { readonly kind: 'cel'; readonly at: Position; readonly text: string }
  | {
      readonly kind: 'test';
      readonly at: Position;
      readonly path: readonly PathSegment[];
      readonly text: string;
      readonly uses: readonly OperatorUse[];
    };

/** Who may say yes, and for how long. Spans of time are milliseconds. */
export type ApprovalSpec = Omit<ApprovalDemand, 'rule' | 'at' | 'reason'>;

/** A bound on how often the messages of a rule may go on. */
export interface LimitSpec {
  readonly at: Position;
  readonly calls: number;
  /** Any span of so many milliseconds has at most so many calls. */
  readonly per: number;
  /** Each combination of the values at these paths has a count of its own. */
  readonly by: readonly { readonly path: readonly PathSegment[]; readonly text: string }[];
}

/** Leave to give back what tokens stand for. */
export interface RevealSpec {
  readonly at: Position;
  readonly grant: RevealGrant;
  /** The names in it, each with its place. */
  readonly named: readonly { readonly label: string; readonly at: Position }[];
}

/** A warning that somebody has looked at and accepts. */
export interface Silence {
  readonly at: Position;
  /** As it stands in the file, with the prefix: `POLICY_ALLOWS_EVERYTHING`. */
  readonly code: string;
  readonly reason: string;
}

export interface Rule {
  readonly id: string;
  readonly at: Position;
  /** Where its text begins. */
  readonly start: Position;
  /** Upstreams that the rule's document is for, as globs; empty means all. */
  readonly upstreams: readonly string[];
  /** Undefined means every message. */
  readonly on: readonly TargetPattern[] | undefined;
  readonly when: Condition | undefined;
  readonly then: Effect | undefined;
  readonly approval: ApprovalSpec | undefined;
  readonly masks: readonly MaskObligation[];
  readonly reveals: readonly RevealSpec[];
  /** Names of detectors in its masks that are not built in. */
  readonly ownNames: readonly OwnName[];
  readonly limits: readonly LimitSpec[];
  /** Its own and those of its document. */
  readonly silences: readonly Silence[];
  readonly mode: 'enforce' | 'shadow';
  readonly denial: 'explain' | 'hide';
  readonly reason: string | undefined;
}
