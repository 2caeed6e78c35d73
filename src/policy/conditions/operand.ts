import type { Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';

/** The operand of an operator that takes one text or several; an empty list can't mean what it says. */
export function operandTexts(
  operand: Node,
  reader: Reader,
  what: string,
): readonly string[] | undefined {
  if (operand.kind === 'list' && operand.items.length === 0) {
    reader.error('OPERAND', operand.at, `${what} is empty, so nothing could fit it`);
    return undefined;
  }
  return reader.texts(operand, what);
}

/** True of a plain value that can be compared exactly; otherwise says why it can't. */
export function isComparable(node: Node, reader: Reader): boolean {
  if (node.kind !== 'scalar' || typeof node.value !== 'number') return true;
  const { value, inexact } = node;
  if (Number.isFinite(value) && !inexact) return true;
  const hint = inexact ? 'where the argument is text, put quotes around it' : undefined;
  reader.error(
    'OPERAND',
    node.at,
    inexact
      ? `a double can't hold this number; it would be ${value}`
      : `${value} is equal to nothing`,
    hint,
  );
  return false;
}
