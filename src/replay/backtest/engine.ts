import type { MaskReport } from '../../mask/mask.ts';
import type { MaskContext } from '../../mask/mask-context.ts';
import type { Decision, MaskObligation } from '../../model/decision.ts';
import type { Json } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { Subject, Target, Value } from '../../policy/subject.ts';
import type { MethodRow } from '../../protocol/methods.ts';

/** How a frame is masked. */
export interface EngineMasks {
  readonly masks: readonly MaskObligation[];
  /** Method of the message that began the exchange. */
  readonly method: string;
  /** A result that says which task has begun. */
  readonly begins: boolean;
  readonly context: MaskContext;
}

/** What the gate itself judges and masks by, so that a backtest says what the gate would do. */
export interface Engine {
  /** Judges a message by its method's way of being granted. */
  judge(subject: Subject, policies: PolicySet): Decision;
  mask(
    frame: Frame,
    how: EngineMasks,
  ): { readonly frame: Frame; readonly reports: readonly MaskReport[] };
  /**
   * True of an item of a list that stays in it.
   *
   * @param subjectOf what policy is asked about its use
   */
  isListed(
    item: Json,
    list: NonNullable<MethodRow['list']>,
    policies: PolicySet,
    subjectOf: (method: string, target: Target) => Subject,
  ): boolean;
  /** What rules may read of the tools of a list, each by its name. */
  toolFacts(tools: readonly Json[]): (name: string) => Value;
  /** True of a message that no limit counts, by what kind of frame it is. */
  isNeverCounted(kind: unknown, method: string): boolean;
  /** By what a client answers the gate's own question, in `inputResponses`. */
  readonly ownQuestion: string;
}
