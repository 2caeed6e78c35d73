import type { Node } from '../../document/node.ts';
import type { PathSegment } from '../../model/decision.ts';
import type { Condition, OperatorUse } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { operators } from '../operators.ts';
import { TRUE } from '../outcome.ts';
import { hasManySteps } from '../roots.ts';
import { pathKey, type TestCondition, testsOf } from './condition-tests.ts';
import type { Report } from './report.ts';

/** Warns of tests that read as if they parsed what they only compare, and of tests that pass where nothing is there. */
export function checkText(rule: CompiledRule, report: Report): void {
  if (!rule.when) return;
  visit(rule.when, { rule, report, negated: false, scope: undefined });
}

interface Visit {
  readonly rule: CompiledRule;
  readonly report: Report;
  readonly negated: boolean;
  /** The conjunctions around, the innermost first. */
  readonly scope: Scope | undefined;
}

/** Parts all of which hold together. */
interface Scope {
  readonly of: readonly Condition[];
  readonly outer: Scope | undefined;
}

const asksPresence = ({ operator }: OperatorUse) => operator === 'absent' || operator === 'exists';

function visit(condition: Condition, context: Visit): void {
  switch (condition.kind) {
    case 'all': {
      const { of } = condition;
      const inner = context.negated ? context : { ...context, scope: { of, outer: context.scope } };
      for (const part of of) visit(part, inner);
      return;
    }
    case 'any':
      for (const part of condition.of) visit(part, context);
      return;
    case 'not':
      return visit(condition.of, { ...context, negated: !context.negated });
    case 'cel':
      return;
    case 'test':
      checkPresence(condition, context);
      for (const use of condition.uses) checkUse(condition, use, context);
  }
}

/** It is said of a path whether a value must be there. */
function isSettled(test: TestCondition, { rule, scope }: Visit): boolean {
  const key = pathKey(test);
  for (let around = scope; around; around = around.outer) {
    if (around.of.some((part) => requires(part, key))) return true;
  }
  return testsOf(rule.when).some(
    (other) => other.uses.some(asksPresence) && pathKey(other) === key,
  );
}

/** This part, if it holds, has found a value at a path. */
function requires(condition: Condition, key: string): boolean {
  if (condition.kind === 'all') return condition.of.some((part) => requires(part, key));
  if (condition.kind !== 'test' || condition.uses.every(passesAbsent)) return false;
  return pathKey(condition) === key;
}

function passesAbsent({ operator }: OperatorUse): boolean {
  return operators.get(operator)?.whenAbsent === TRUE;
}

/** An allow that excludes values holds where there is none. */
function checkPresence(test: TestCondition, context: Visit): void {
  const { rule, report, negated } = context;
  if (rule.then !== 'allow' || hasManySteps(test.path)) return;
  const [root, member] = test.path;
  if (root !== 'args' && !(root === 'identity' && member === 'claims')) return;
  if (test.uses.every(passesAbsent) === negated || isSettled(test, context)) return;
  const message = `rule "${rule.id}" allows where "${test.text}" is absent, whatever is excluded here`;
  report('ABSENT_PASSES', rule, message, {
    at: test.at,
    hint: 'say what it must be, or add "exists" or "absent"',
  });
}

const URLISH = /(?:^|[_-])(?:url|uri|link|href|endpoint|webhook|callback)s?$/i;
const HOSTISH = /(?:^|[_-])(?:host|hostname|domain)s?$/i;
const PATHISH = /(?:^|[_-])(?:path|file|filename|dir|directory|folder)s?$/i;
const SCHEME_AND_HOST = /^[a-z][a-z\d+.-]*:\/\/[^/?#]+$/i;
const DOMAIN = /^[@.]?[\w-]+(?:\.[\w-]+)+$/;
/** A date and time in UTC, or the beginning of one. */
const UTC = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:Z)?)?)?)?)?)?$/;

/** Operators that are sometimes taken for others. */
const MISTAKEN = new Set([
  ...['starts_with', 'contains', 'ends_with', 'url_host', 'matches'],
  ...['gt', 'gte', 'lt', 'lte'],
]);

function checkUse(test: TestCondition, use: OperatorUse, context: Visit): void {
  if (!MISTAKEN.has(use.operator)) return;
  const { rule, report, negated } = context;
  const name = nameOf(test.path);
  const texts = textsIn(use.operand);
  const grants = rule.then === 'allow' ? !negated : negated;
  const at = use.at;
  if (comparesUrl(use.operator, name, texts)) {
    const message = `"${use.operator}" compares "${test.text}" as text, where a URL is meant`;
    report('URL_AS_TEXT', rule, message, { at, hint: 'use url_host' });
  } else if (use.operator === 'starts_with' && isPath(name, texts)) {
    const message = `"starts_with" compares "${test.text}" as text, where a path is meant`;
    report('PATH_AS_TEXT', rule, message, { at, hint: 'use path_within' });
  } else if (endsHost(use, name)) {
    const hint = 'begin with a dot, and name the domain itself beside it';
    report('HOST_SUFFIX', rule, `another domain can end like this too`, { at, hint });
  } else if (grants && use.operator === 'matches' && isPlace(name) && texts.some(isUnanchored)) {
    const message = `the pattern may be found anywhere in "${test.text}"`;
    report('UNANCHORED', rule, message, { at, hint: 'begin it with ^' });
  } else if (test.text === 'request.time' && isOrder(use.operator) && !texts.every(isUtc)) {
    const hint = 'write it as 2026-01-01T12:00:00Z';
    report('TIME_NOT_UTC', rule, 'the bound is no time in UTC', { at, hint });
  }
}

function comparesUrl(operator: string, name: string, texts: readonly string[]): boolean {
  if (operator === 'starts_with') return texts.some((text) => SCHEME_AND_HOST.test(text));
  if (!URLISH.test(name)) return false;
  if (operator === 'contains') return texts.some((t) => DOMAIN.test(t) || t.includes('://'));
  return operator === 'ends_with' && texts.some((text) => DOMAIN.test(text));
}

function isPath(name: string, texts: readonly string[]): boolean {
  return (
    PATHISH.test(name) && texts.some((text) => /^(?:\.?\.?\/|[A-Za-z]:[\\/]|~)|\/$/.test(text))
  );
}

/** `url_host: { ends_with: example.com }`, `url_host: "*example.com"`, `args.host: { ends_with: example.com }`. */
function endsHost({ operator, operand }: OperatorUse, name: string): boolean {
  const bare = (text: string) => DOMAIN.test(text) && !/^[@.]/.test(text);
  if (operator === 'ends_with') return HOSTISH.test(name) && textsIn(operand).some(bare);
  if (operator !== 'url_host') return false;
  if (operand.kind !== 'map') return textsIn(operand).some((glob) => /^\*+[\w-]+\./.test(glob));
  return operand.entries.some(({ key, value }) => key === 'ends_with' && textsIn(value).some(bare));
}

const isPlace = (name: string) => URLISH.test(name) || HOSTISH.test(name) || PATHISH.test(name);
const isUnanchored = (pattern: string) => !/^(?:\(\?[a-z]+\))?(?:\^|\\A)/.test(pattern);
const isOrder = (operator: string) => ['gt', 'gte', 'lt', 'lte'].includes(operator);
const isUtc = (text: string) => UTC.test(text);

/** The last name in a path: `url` of `args.items[*].url`. */
function nameOf(path: readonly PathSegment[]): string {
  const names = path.filter((step) => typeof step === 'string');
  return names.at(-1) ?? '';
}

function textsIn(node: Node): string[] {
  if (node.kind === 'list') return node.items.flatMap(textsIn);
  return node.kind === 'scalar' && typeof node.value === 'string' ? [node.value] : [];
}
