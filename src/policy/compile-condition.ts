import type { Node } from '../document/node.ts';
import type { Reader } from '../document/reader.ts';
import { DEEP } from '../model/decision.ts';
import type { Json } from '../model/json.ts';
import { suggest } from '../model/nearest.ts';
import type { Condition, OperatorUse } from './ast.ts';
import { compileCel } from './cel/cel.ts';
import { checkUseTypes } from './conditions/operand-types.ts';
import type { OperandContext, OptionalTest } from './conditions/operator.ts';
import type { DetectorLookup } from './detector-names.ts';
import { operators } from './operators.ts';
import { ANY, and, FALSE, FAULT, mayHold, not, type Outcome, or, TRUE } from './outcome.ts';
import { parseUses } from './parse/parse-condition.ts';
import { compileLeaves, compileLookup, hasManySteps, type Leaf, typeAt } from './roots.ts';
import { ABSENT, type Subject, UNAVAILABLE, UNKNOWN } from './subject.ts';

/** Judges a subject. */
export type CompiledCondition = (subject: Subject) => Outcome;

/** Compiles a condition to a closure; nothing is parsed or looked up by name when it runs. */
export function compileCondition(
  condition: Condition,
  reader: Reader,
  detectors: DetectorLookup,
): CompiledCondition {
  switch (condition.kind) {
    case 'all':
      return conjunction(condition.of.map((part) => compileCondition(part, reader, detectors)));
    case 'any':
      return disjunction(condition.of.map((part) => compileCondition(part, reader, detectors)));
    case 'not': {
      const inner = compileCondition(condition.of, reader, detectors);
      return (subject) => not(inner(subject));
    }
    case 'cel':
      return compileCel(condition, reader);
    case 'test':
      return compileTest(condition, reader, detectors);
  }
}

function compileTest(
  { path, text, uses }: Extract<Condition, { kind: 'test' }>,
  reader: Reader,
  detectors: DetectorLookup,
): CompiledCondition {
  checkUseTypes(uses, typeAt(path), text, reader);
  const absent = uses.find(({ operator }) => operator === 'absent');
  if (absent && path.includes(DEEP)) {
    const hint = 'name where it should be, or negate: not: { …: exists }';
    reader.warn('NEVER_HOLDS', absent.at, 'nothing is "absent" at any depth', hint);
  }
  const field = path.findLast((step) => typeof step === 'string');
  const test = compileUses(uses, { reader, detectors, field });
  if (hasManySteps(path)) {
    const names = uses.some(({ operator }) => operators.get(operator)?.readsNames);
    const leaves = compileLeaves(path, { names });
    const anyDepth = path.includes(DEEP);
    const judgeLeaf = (leaf: Leaf): Outcome => {
      if (leaf === UNAVAILABLE) return FAULT;
      const outcome = test(leaf === ABSENT ? undefined : leaf);
      // Of values at any depth, those of another type are simply not the ones that are meant.
      return anyDepth && !mayHold(outcome) ? FALSE : outcome;
    };
    return (subject) => {
      const found = leaves(subject);
      if (found === UNKNOWN) return ANY;
      if (found === UNAVAILABLE) return FAULT;
      return found.reduce((any: Outcome, leaf) => or(any, judgeLeaf(leaf)), FALSE);
    };
  }
  const lookup = compileLookup(path);
  return (subject) => {
    const value = lookup(subject);
    if (value === UNKNOWN) return ANY;
    if (value === UNAVAILABLE) return FAULT;
    return test(value === ABSENT ? undefined : (value as Json));
  };
}

/** Compiles the operators of one test; all of them must hold. */
function compileUses(
  uses: readonly OperatorUse[],
  context: Omit<OperandContext, 'tests'>,
): OptionalTest {
  const { reader } = context;
  const compiled = uses.map(({ operator: name, at, operand }): OptionalTest | undefined => {
    const operator = operators.get(name);
    if (!operator) {
      reader.error(
        'UNKNOWN_OPERATOR',
        at,
        `no operator "${name}"`,
        suggest(name, [...operators.keys()]),
      );
      return undefined;
    }
    const tests = (node: Node) => {
      const inner = parseUses(node, reader);
      return inner && compileUses(inner, context);
    };
    const test = operator.compile(operand, { ...context, tests });
    if (!test) return undefined;
    return (value) => (value === undefined ? operator.whenAbsent : test(value));
  });
  const tests = compiled.filter((test) => test !== undefined);
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (value) => tests.reduce((all: Outcome, test) => and(all, test(value)), TRUE);
}

function conjunction(parts: readonly CompiledCondition[]): CompiledCondition {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return (subject) => {
    let all: Outcome = TRUE;
    for (const part of parts) {
      all = and(all, part(subject));
      if (all === FALSE) return FALSE;
    }
    return all;
  };
}

function disjunction(parts: readonly CompiledCondition[]): CompiledCondition {
  return (subject) => {
    let any: Outcome = FALSE;
    for (const part of parts) {
      any = or(any, part(subject));
      if (any === TRUE) return TRUE;
    }
    return any;
  };
}
