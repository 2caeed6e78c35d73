import { formatPath } from '../../mask/place/path.ts';
import type { Condition } from '../ast.ts';

/** A path with its operators. */
export type TestCondition = Extract<Condition, { kind: 'test' }>;

/** Every test in a condition, in reading order. */
export function testsOf(condition: Condition | undefined): TestCondition[] {
  const found: TestCondition[] = [];
  collect(condition, found);
  return found;
}

function collect(condition: Condition | undefined, found: TestCondition[]): void {
  switch (condition?.kind) {
    case 'all':
    case 'any':
      for (const part of condition.of) collect(part, found);
      return;
    case 'not':
      return collect(condition.of, found);
    case 'test':
      found.push(condition);
  }
}

/** A path can be written in another way where it has one of these. */
const OTHER_WAYS = /[[*]/;

/** The same for each way of writing a path. */
export function pathKey({ path, text }: Pick<TestCondition, 'path' | 'text'>): string {
  return OTHER_WAYS.test(text) ? formatPath(path) : text;
}
