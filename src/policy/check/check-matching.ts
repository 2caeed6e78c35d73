import type { Reader } from '../../document/reader.ts';
import { formatPath } from '../../mask/place/path.ts';
import type { Position } from '../../model/position.ts';
import type { Condition } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { FALSE, mayHold } from '../outcome.ts';
import { type TestCondition, testsOf } from './condition-tests.ts';
import { isPlain, LISTS } from './plain-test.ts';
import type { Report } from './report.ts';
import { type Possibilities, possibilities } from './satisfiable.ts';

/**
 * Finds rules whose condition contradicts itself. What can't be judged matches in a rule that blocks, asks or masks, so
 * it is an error only where that is ruled out too; otherwise it is a warning. What depends on the answer is open on the
 * way up, so it is never more than a warning.
 */
export function checkMatching(rule: CompiledRule, reader: Reader, report: Report): void {
  if (!rule.when || !mayContradict(rule.when)) return;
  const possible = possibilities(rule);
  const set = possible.of(rule.when);
  if (mayHold(set)) return reportDeadBranches(rule, rule.when, possible, report);
  const { at, why } = blame(rule.when, possible);
  if (!rule.readsResult && (rule.then === 'allow' || set === FALSE)) {
    reader.error('NEVER_MATCHES', at, `rule "${rule.id}" can never match`, why);
  } else {
    const message = `rule "${rule.id}" can only match what can't be judged`;
    report('NEVER_HOLDS', rule, message, { at, hint: why });
  }
}

/** A quick look that spares most rules the thorough one. */
function mayContradict(condition: Condition): boolean {
  const seen = new Set<string>();
  return testsOf(condition).some((test) => {
    // A path can be written in another way with brackets.
    if (!isPlain(test) || seen.has(test.text) || test.text.includes('["')) return true;
    seen.add(test.text);
    return false;
  });
}

function reportDeadBranches(
  rule: CompiledRule,
  condition: Condition,
  possible: Possibilities,
  report: Report,
): void {
  if (condition.kind === 'not') reportDeadBranches(rule, condition.of, possible, report);
  if (condition.kind !== 'all' && condition.kind !== 'any') return;
  for (const part of condition.of) {
    if (condition.kind === 'all' || mayHold(possible.of(part))) {
      reportDeadBranches(rule, part, possible, report);
      continue;
    }
    const { at, why } = blame(part, possible);
    const message = `a branch of "any" in rule "${rule.id}" can never hold`;
    report('DEAD_BRANCH', rule, message, { at: at ?? rule.at, hint: why });
  }
}

/** The smallest part that can't hold, and what is wrong with it. */
function blame(condition: Condition, possible: Possibilities): { at: Position; why: string } {
  const inner = condition.kind === 'all' || condition.kind === 'any' ? condition.of : [];
  const dead = inner.filter((part) => !mayHold(possible.of(part)));
  const [first] = dead;
  if (first && (condition.kind === 'all' || inner.length === 1)) return blame(first, possible);
  const tests = testsOf(condition);
  const at = tests[0]?.at ?? { file: '', line: 1, column: 1 };
  return { at, why: reasonOf(condition, tests) };
}

function reasonOf(condition: Condition, tests: readonly TestCondition[]): string {
  const names = [...new Set(tests.map(({ path }) => formatPath(path)))].join(', ');
  if (condition.kind === 'test') {
    const operators = condition.uses.map(({ operator }) => operator).join(', ');
    if (LISTS.has(condition.text)) return `${names} is a list: use contains, some, every or none`;
    return condition.uses.length > 1
      ? `no value of ${names} passes all of ${operators}`
      : `no value that ${names} can have passes ${operators}`;
  }
  if (condition.kind === 'any') return 'none of the branches of "any" can hold';
  if (condition.kind === 'not') return `what must not hold always holds of ${names}`;
  return `what is asked of ${names} contradicts itself`;
}
