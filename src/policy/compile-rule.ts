import type { Reader } from '../document/reader.ts';
import type { Condition, Rule } from './ast.ts';
import { celReadsResult } from './cel.ts';
import { compileCondition } from './compile-condition.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { compileLimits } from './limit-key.ts';
import { TRUE } from './outcome.ts';
import { requirementsOf } from './requirement.ts';
import { readsResult } from './roots.ts';

/** Compiles one rule; what is wrong goes to the reader. */
export function compileRule(rule: Rule, reader: Reader): CompiledRule {
  const { id, at, when, then, limits } = rule;
  const onResult = when !== undefined && conditionReadsResult(when);
  if (onResult && then === 'approve') {
    const hint = 'an approval comes before the call, when there is no result yet';
    reader.error('APPROVE_ON_RESULT', at, `rule "${id}" approves by the result`, hint);
  }
  const [limit] = limits;
  if (onResult && limit) {
    const hint = 'calls are counted before they go on, when there is no result yet';
    reader.error('LIMIT_ON_RESULT', limit.at, `rule "${id}" limits by the result`, hint);
  }
  return {
    ...rule,
    holds: when ? compileCondition(when, reader) : () => TRUE,
    readsResult: onResult,
    limitsOf: compileLimits(id, limits),
    requires: when ? requirementsOf(when) : [],
  };
}

function conditionReadsResult(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some(conditionReadsResult);
    case 'not':
      return conditionReadsResult(condition.of);
    case 'cel':
      return celReadsResult(condition);
    case 'test':
      return readsResult(condition.path);
  }
}
