import type { PathSegment } from '../model/decision.ts';
import type { Condition } from './ast.ts';

/** A path with its operators. */
export type TestCondition = Extract<Condition, { kind: 'test' }>;

/** Every test in a condition, in reading order. */
export function testsOf(condition: Condition | undefined): TestCondition[] {
  switch (condition?.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(testsOf);
    case 'not':
      return testsOf(condition.of);
    case 'test':
      return [condition];
    default:
      return [];
  }
}

/** The same for each way of writing a path. */
export function pathKey({ path }: { readonly path: readonly PathSegment[] }): string {
  return JSON.stringify(path.map((step) => (typeof step === 'symbol' ? [step.description] : step)));
}
