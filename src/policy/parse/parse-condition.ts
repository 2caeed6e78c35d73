import type { Entry, Node } from '../../document/node.ts';
import { describe } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { parsePath } from '../../mask/place/path.ts';
import { remember } from '../../model/remember.ts';
import type { Condition, OperatorUse } from '../ast.ts';
import type { ValueType } from '../conditions/value-type.ts';
import { rootProblem, typeAt } from '../roots.ts';

/** The same paths stand in many rules, which then share their steps. */
const pathOf = remember(parsePath);

/** Reads a condition: a map of paths and combinators, all of which must hold. */
export function parseCondition(node: Node, reader: Reader): Condition {
  if (node.kind !== 'map') {
    reader.error('WRONG_TYPE', node.at, `a condition must be a map, not ${describe(node)}`);
    return { kind: 'all', of: [] };
  }
  if (node.entries.length === 0) {
    reader.error('EMPTY_CONDITION', node.at, 'the condition has nothing to judge');
  }
  const of = node.entries.map((entry) => parseEntry(entry, reader));
  return { kind: 'all', of: of.every(isThere) ? of : of.filter(isThere) };
}

function isThere(condition: Condition | undefined): condition is Condition {
  return condition !== undefined;
}

function parseEntry(entry: Entry, reader: Reader): Condition | undefined {
  switch (entry.key) {
    case 'all':
    case 'any': {
      const list = reader.list(entry.value, entry.key);
      if (!list) return undefined;
      if (list.items.length === 0) {
        reader.error('EMPTY_CONDITION', entry.at, `"${entry.key}" has nothing to judge`);
      }
      return { kind: entry.key, of: list.items.map((item) => parseCondition(item, reader)) };
    }
    case 'not':
      return { kind: 'not', of: parseCondition(entry.value, reader) };
    case 'cel': {
      const text = reader.text(entry.value, 'cel');
      return text === undefined ? undefined : { kind: 'cel', at: entry.value.at, text };
    }
    default:
      return parseTest(entry, reader);
  }
}

function parseTest(entry: Entry, reader: Reader): Condition | undefined {
  const path = pathOf(entry.key);
  if (typeof path === 'string') {
    reader.error('BAD_PATH', entry.at, path);
    return undefined;
  }
  const problem = rootProblem(path);
  if (problem) {
    reader.error('UNKNOWN_ROOT', entry.at, `nothing is called "${entry.key}"`, problem);
    return undefined;
  }
  const uses = parseUses(entry.value, reader, typeAt(path));
  return uses && { kind: 'test', at: entry.at, path, text: entry.key, uses };
}

/**
 * Reads a map of operators; `exists` and `absent` may stand alone.
 *
 * @param type what is known of the values that they judge
 */
export function parseUses(node: Node, reader: Reader, type?: ValueType): OperatorUse[] | undefined {
  if (node.kind === 'scalar' && (node.value === 'absent' || node.value === 'exists')) {
    return [{ operator: node.value, at: node.at, operand: { ...node, value: true } }];
  }
  if (node.kind !== 'map' || node.entries.length === 0) {
    const hint = `write an operator and its operand, such as ${exampleFor(node, type)}`;
    reader.error(
      'WRONG_TYPE',
      node.at,
      `a test must be a map of operators, not ${describe(node)}`,
      hint,
    );
    return undefined;
  }
  return node.entries.map(({ key, at, value }) => ({ operator: key, at, operand: value }));
}

/** What may have been meant by a value where operators should be. */
function exampleFor(node: Node, type: ValueType | undefined): string {
  const isOne = node.kind !== 'list';
  if (type?.kind !== 'list') return isOne ? '{ eq: … }' : '{ in: […] }';
  return isOne ? `{ contains: ${plainWord(node)} }` : '{ some: { in: […] } }';
}

/** The value itself where it can be repeated without quotes. */
function plainWord(node: Node): string {
  const word = node.kind === 'scalar' ? node.value : undefined;
  return typeof word === 'string' && /^[a-z][\w-]{0,39}$/i.test(word) ? word : '…';
}
