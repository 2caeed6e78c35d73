import { toJson } from '../../document/node.ts';
import type { Condition, OperatorUse } from '../ast.ts';
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
      const [use, ...more] = condition.uses.map(useKey);
      const uses = more.length === 0 ? (use ?? '') : [use, ...more].sort().join(',');
      return `${pathKey(condition)}{${uses}}`;
    }
  }
}

function useKey({ operator, operand }: OperatorUse): string {
  return `${operator}:${JSON.stringify(toJson(operand))}`;
}

/** The keys of conditions all of which must hold for this one to hold, and which together are enough. */
export function conjunctKeys(condition: Condition | undefined): readonly string[] {
  if (!condition) return [];
  if (condition.kind === 'all') return unique(condition.of);
  return [conditionKey(condition)];
}

function unique(conditions: readonly Condition[]): readonly string[] {
  if (conditions.some(({ kind }) => kind === 'all')) {
    return [...new Set(conditions.flatMap(conjunctKeys))];
  }
  const keys = conditions.map(conditionKey);
  const isTwice = keys.some((key, index) => keys.indexOf(key) < index);
  return isTwice ? [...new Set(keys)] : keys;
}
