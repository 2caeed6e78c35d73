import { toJson } from '../document/node.ts';
import type { Condition } from './ast.ts';
import { pathKey } from './condition-tests.ts';

/** A text that two conditions share only if they mean the same. */
export function conditionKey(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const [only, ...more] = condition.of;
      if (only && more.length === 0) return conditionKey(only);
      return `${condition.kind}(${condition.of.map(conditionKey).sort().join(',')})`;
    }
    case 'not':
      return `not(${conditionKey(condition.of)})`;
    case 'cel':
      return `cel(${JSON.stringify(condition.text)})`;
    case 'test': {
      const uses = condition.uses.map(
        ({ operator, operand }) => `${operator}:${JSON.stringify(toJson(operand))}`,
      );
      return `${pathKey(condition)}{${uses.sort().join(',')}}`;
    }
  }
}

/** The keys of conditions all of which must hold for this one to hold, and which together are enough. */
export function conjunctKeys(condition: Condition | undefined): readonly string[] {
  if (!condition) return [];
  if (condition.kind === 'all') return [...new Set(condition.of.flatMap(conjunctKeys))];
  return [conditionKey(condition)];
}
