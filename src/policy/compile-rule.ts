import type { Reader } from '../document/reader.ts';
import type { PathSegment } from '../model/decision.ts';
import type { Problem } from '../model/position.ts';
import { demandOf } from './approval/demand-of.ts';
import type { Condition, Rule } from './ast.ts';
import { celReadsResult } from './cel/cel.ts';
import { checkApproval } from './check/check-approval.ts';
import { checkMasks } from './check/check-masks.ts';
import { checkMatching } from './check/check-matching.ts';
import { checkText } from './check/check-text.ts';
import { conjunctKeys } from './check/condition-key.ts';
import type { Report } from './check/report.ts';
import { compileCondition } from './compile-condition.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { builtIn, noting } from './detector-names.ts';
import { requirementsOf } from './index/requirement.ts';
import { compileLimits } from './limit-key.ts';
import { TRUE } from './outcome.ts';
import { readsResult } from './roots.ts';

const NONE: readonly Problem[] = [];

/**
 * Compiles one rule and checks it by itself.
 *
 * @param reader what has read this rule and nothing else; its problems are the rule's.
 * @param isWhole the YAML of its file has no errors.
 */
export function compileRule(rule: Rule, reader: Reader, isWhole: boolean): CompiledRule {
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
  const [reveal] = rule.reveals;
  if (onResult && reveal) {
    const hint = 'tokens are given back before the call, when there is no result yet';
    reader.error('REVEAL_ON_RESULT', reveal.at, `rule "${id}" reveals by the result`, hint);
  }
  const ownNames = [...rule.ownNames];
  const holds = when ? compileCondition(when, reader, noting(ownNames)) : () => TRUE;
  const compiled: CompiledRule = {
    ...rule,
    ownNames,
    holds,
    detectors: builtIn,
    readsResult: onResult,
    limitsOf: compileLimits(id, limits),
    demand: demandOf(rule),
    requires: when ? requirementsOf(when) : [],
    conjuncts: conjunctKeys(when),
    asksCaller: when !== undefined && conditionAsksCaller(when),
    faulty: !isWhole || reader.failed,
    problems: reader.problems.length > 0 ? reader.problems : NONE,
  };
  return compiled.faulty ? compiled : checked(compiled, reader);
}

/** What a rule with errors means isn't known, so only sound ones are checked. */
function checked(rule: CompiledRule, reader: Reader): CompiledRule {
  const report: Report = (code, _rule, message, { at = rule.at, hint } = {}) => {
    reader.warn(code, at, message, hint);
  };
  checkMatching(rule, reader, report);
  checkText(rule, report);
  checkMasks(rule, report);
  checkApproval(rule, report);
  return reader.problems.length > rule.problems.length
    ? { ...rule, problems: reader.problems }
    : rule;
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

function isOfCaller([root, member]: readonly PathSegment[]): boolean {
  return root === 'identity' || (root === 'request' && member === 'upstream');
}

/** What is asked of anything else can come out any way while the message is open. An expression may ask anything. */
function conditionAsksCaller(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some(conditionAsksCaller);
    case 'not':
      return conditionAsksCaller(condition.of);
    case 'cel':
      return true;
    case 'test':
      return isOfCaller(condition.path);
  }
}
