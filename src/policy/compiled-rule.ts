import type { Rule } from './ast.ts';
import type { CompiledCondition } from './compile-condition.ts';

/** A rule, ready to judge. */
export interface CompiledRule extends Rule {
  readonly holds: CompiledCondition;
  /** It looks at `result.*`, so it is judged on the way down. */
  readonly readsResult: boolean;
}
