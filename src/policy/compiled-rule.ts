import type { ApprovalDemand } from '../model/approval.ts';
import type { LimitClaim } from '../model/decision.ts';
import type { Problem } from '../model/position.ts';
import type { Rule } from './ast.ts';
import type { CompiledCondition } from './compile-condition.ts';
import type { DetectorLookup } from './detector-names.ts';
import type { Requirement } from './index/requirement.ts';
import { FAULT, type Outcome } from './outcome.ts';
import type { Subject } from './subject.ts';

/** A rule, ready to judge. */
export interface CompiledRule extends Rule {
  readonly holds: CompiledCondition;
  /** What its condition finds detectors with. */
  readonly detectors: DetectorLookup;
  /** It looks at `result.*` or `error.*`, so it is judged on the way down. */
  readonly readsResult: boolean;
  /** What a message claims of its limits; undefined where it has none. */
  readonly limitsOf: ((subject: Subject) => readonly LimitClaim[]) | undefined;
  /** What it asks for before a call may go on; undefined where it asks for nothing, or is in shadow mode. */
  readonly demand: ApprovalDemand | undefined;
  /** Values without which its condition is surely false. */
  readonly requires: readonly Requirement[];
  /** Texts that conditions share only if they mean the same: of those all of which must hold, and which are enough. */
  readonly conjuncts: readonly string[];
  /** Its condition asks who calls, or through which upstream, so that it can be settled before any message comes. */
  readonly asksCaller: boolean;
  /** Errors in its text, or in the YAML of its file, leave open what it means. */
  readonly faulty: boolean;
  /** What is wrong, or doubtful, about it by itself, silenced or not. */
  readonly problems: readonly Problem[];
}

/** Judges a subject by a rule. A condition that throws can't be judged; what follows is the combination's business. */
export function evaluate(rule: CompiledRule, subject: Subject): Outcome {
  try {
    return rule.holds(subject);
  } catch {
    return FAULT;
  }
}
