import type { ApprovalDemand } from './approval.ts';
import type { Position } from './position.ts';

export const effects = ['allow', 'block', 'approve'] as const;
/** What a rule says of a message it matches. */
export type Effect = (typeof effects)[number];

/** Which side of a call a mask works on: what the caller sends, or what comes back. */
export type MaskSide = 'args' | 'result';

/** How a value is replaced. */
export type MaskerSpec =
  | { readonly masker: 'redact' }
  | {
      readonly masker: 'keep';
      readonly first: number;
      readonly last: number;
      /** A value with fewer characters is hidden whole; left out: twice as many as are shown. */
      readonly least?: number;
    }
  /** A keyed digest, of so many hexadecimal characters; the same for every caller. */
  | { readonly masker: 'hash'; readonly length: number }
  | TokenSpec
  | { readonly masker: 'replace'; readonly value: null | boolean | number | string }
  | { readonly masker: 'remove' }
  | { readonly masker: 'null' }
  /** A number becomes the nearest multiple. */
  | { readonly masker: 'round'; readonly to: number }
  | {
      readonly masker: 'generalize';
      readonly date: 'month' | 'year' | 'decade';
      /** Bits of an address that stay. */
      readonly ipv4: number;
      readonly ipv6: number;
    };

/** A token stands for the value: the same one each time, for one caller, and only the gate can turn it back. */
export interface TokenSpec {
  readonly masker: 'token';
  /** Only rules that name the scope give the value back. */
  readonly scope: string;
  /** Milliseconds from when it was last given out. */
  readonly expires: number;
  /** What the token is called; left out: what was found. */
  readonly label?: string;
}

/** A detector that a policy defines: a linear pattern (RE2), or words. */
export type DetectorSpec =
  | { readonly name: string; readonly pattern: string }
  | { readonly name: string; readonly words: readonly string[]; readonly ignoreCase: boolean };

/** Where a mask looks: what detectors find, what stands at a path, or what members of such names hold. */
export type MaskTarget =
  | {
      /** Detectors and groups of them, as they are named. */
      readonly find: readonly string[];
      /** Those among them that the policy itself defines. */
      readonly own?: readonly DetectorSpec[];
    }
  | { readonly path: readonly PathSegment[]; readonly text: string }
  /** Globs of names; case, hyphens, underscores and blanks are no difference. */
  | { readonly fields: readonly string[] };

/** Leave to put back what tokens stand for, before a call goes to the upstream. */
export interface RevealGrant {
  readonly rule: string;
  /** What the tokens are called. */
  readonly labels: readonly string[];
  readonly scope: string;
  /** Where in the arguments; left out: anywhere. */
  readonly path?: readonly PathSegment[];
}

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
  /** The result tells the model what was masked. */
  readonly notice?: true;
  /** A text may go on in the next notification, so what could be the beginning of a finding waits for it. */
  readonly across?: true;
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
  /** `limit`: it would have refused a call beyond its limit; `reveal`: it would have given back tokens. */
  readonly effect: Effect | 'mask' | 'reveal' | 'limit';
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
  /** What every rule that asks for approval asks for; of an `approve` only. */
  readonly approvals?: readonly ApprovalDemand[];
  /** Leaves of the rules that surely match; a rule that can't be judged gives none. */
  readonly reveals?: readonly RevealGrant[];
  /** Limits of shadow rules: counted on their own, and nothing is refused for them. */
  readonly shadowLimits?: readonly LimitClaim[];
  /** Seconds after which a call that a limit refused may go on. */
  readonly retryAfter?: number;
  /** `hide`: the refusal looks as if the target did not exist. */
  readonly denial: 'explain' | 'hide';
  /** Ids of the rules whose condition could not be evaluated. */
  readonly unjudged: readonly string[];
}
