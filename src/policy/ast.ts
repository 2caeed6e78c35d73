import type { Node } from '../document/node.ts';
import type { Effect, MaskObligation, PathSegment } from '../model/decision.ts';
import type { Position } from '../model/position.ts';
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
  | {
      readonly kind: 'test';
      readonly at: Position;
      readonly path: readonly PathSegment[];
      readonly text: string;
      readonly uses: readonly OperatorUse[];
    };

/** Who may say yes, and for how long. */
export interface ApprovalSpec {
  readonly by: readonly string[];
  readonly quorum: number;
}

export interface Rule {
  readonly id: string;
  readonly at: Position;
  /** Upstreams that the rule's document is for, as globs; empty means all. */
  readonly upstreams: readonly string[];
  /** Undefined means every message. */
  readonly on: readonly TargetPattern[] | undefined;
  readonly when: Condition | undefined;
  readonly then: Effect | undefined;
  readonly approval: ApprovalSpec | undefined;
  readonly masks: readonly MaskObligation[];
  readonly mode: 'enforce' | 'shadow';
  readonly denial: 'explain' | 'hide';
  readonly reason: string | undefined;
}
