import { type Node, toJson } from '../../document/node.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Condition } from '../ast.ts';

/** A condition as it would be written in a policy; undefined where it holds a number that JSON can't write exactly. */
export function writtenCondition(condition: Condition): JsonObject | undefined {
  const parts = condition.kind === 'all' ? condition.of : [condition];
  const entries = parts.map(entryOf);
  const known = entries.filter((entry) => entry !== undefined);
  return known.length < entries.length ? undefined : Object.fromEntries(known);
}

function entryOf(condition: Condition): readonly [string, Json] | undefined {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const parts = condition.of.map(writtenCondition);
      const known = parts.filter((part) => part !== undefined);
      return known.length < parts.length ? undefined : [condition.kind, known];
    }
    case 'not': {
      const inner = writtenCondition(condition.of);
      return inner && ['not', inner];
    }
    case 'cel':
      return ['cel', condition.text];
    case 'test': {
      if (!condition.uses.every(({ operand }) => isExact(operand))) return undefined;
      const uses = condition.uses.map(({ operator, operand }) => [operator, toJson(operand)]);
      return [condition.text, Object.fromEntries(uses)];
    }
  }
}

function isExact(node: Node): boolean {
  switch (node.kind) {
    case 'list':
      return node.items.every(isExact);
    case 'map':
      return node.entries.every(({ value }) => isExact(value));
    case 'scalar':
      return !node.inexact && (typeof node.value !== 'number' || Number.isFinite(node.value));
  }
}
