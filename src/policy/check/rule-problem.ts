import type { Position, Problem } from '../../model/position.ts';
import type { CompiledRule } from '../compiled-rule.ts';

/** Something wrong, or doubtful, about one rule. The code is without its prefix. */
export interface RuleProblem extends Omit<Problem, 'at'> {
  readonly rule: CompiledRule;
  readonly at: Position;
}

/** Takes a warning about a rule; `at` is the rule's id unless told otherwise. */
export type Report = (
  code: string,
  rule: CompiledRule,
  message: string,
  more?: { readonly at?: Position; readonly hint?: string },
) => void;
