import type { PathSegment } from '../../model/decision.ts';
import type { Condition, OperatorUse } from '../ast.ts';
import { hasManySteps } from '../roots.ts';

/** A value that can be told apart by comparing it. */
export type Plain = string | number | boolean;

/**
 * A place that must have one of some values: with another value of the type of one of them, or with none, the
 * condition that requires it is surely false, whatever the rest of it comes to, a fault included.
 */
export interface Requirement {
  readonly path: readonly PathSegment[];
  readonly text: string;
  readonly values: readonly Plain[];
}

/**
 * What a condition requires by `eq` and `in` among the tests that all must hold. Facts of the caller are left out:
 * rules that those rule out are dropped for the caller altogether (partial.ts).
 */
export function requirementsOf(condition: Condition): Requirement[] {
  const found: Requirement[] = [];
  collect(condition, found);
  // A copy has no room to spare: there are as many as rules.
  return found.length > 0 ? found.slice() : NONE;
}

const NONE: Requirement[] = [];

function collect(condition: Condition, found: Requirement[]): void {
  if (condition.kind === 'all') for (const part of condition.of) collect(part, found);
  if (condition.kind !== 'test' || condition.path[0] === 'identity') return;
  const { path, text, uses } = condition;
  if (hasManySteps(path)) return;
  for (const use of uses) {
    const values = valuesOf(use);
    if (values.length > 0 && values.every(isPlain)) found.push({ path, text, values });
  }
}

function valuesOf({ operator, operand }: OperatorUse): unknown[] {
  if (operator === 'eq' && operand.kind === 'scalar') return [operand.value];
  if (operator !== 'in' || operand.kind !== 'list') return [];
  return operand.items.map((item) => (item.kind === 'scalar' ? item.value : undefined));
}

/** Others compare in ways of their own: null is of no type here, and NaN equals nothing. */
function isPlain(value: unknown): value is Plain {
  if (typeof value === 'number') return !Number.isNaN(value);
  return typeof value === 'string' || typeof value === 'boolean';
}
