import type { Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import type { OperatorUse } from '../ast.ts';
import { operators } from '../operators.ts';
import { parseUses } from '../parse/parse-condition.ts';
import type { Operator } from './operator.ts';
import { TEXT, type ValueKind, type ValueType } from './value-type.ts';

const QUANTIFIERS = ['every', 'some', 'none'];

/**
 * Reports operators that can't judge values of a type, and operands that no value of it equals.
 *
 * @param type what is known of the values; undefined: nothing, and only what operators take out of them is checked.
 */
export function checkUseTypes(
  uses: readonly OperatorUse[],
  type: ValueType | undefined,
  what: string,
  reader: Reader,
): void {
  for (const use of uses) {
    const operator = operators.get(use.operator);
    if (!operator) continue;
    if (type && operator.judges && !operator.judges.includes(type.kind)) {
      const message = `"${use.operator}" can't judge ${what}, which is ${nameOf(type)}`;
      reader.error('TYPE', use.at, message, hintFor(use, type));
    } else if (type && operator.compares) {
      const part = type.of ? 'an element of' : 'a part of';
      if (operator.compares === 'value') checkOperands(use, type, what, reader);
      else checkOperands(use, type.of ?? TEXT, `${part} ${what}`, reader);
    } else {
      checkInner(use, operator, type?.of, what, reader);
    }
  }
}

/** Operators in the operand: about elements, or about what the operator takes out of the value. */
function checkInner(
  use: OperatorUse,
  { inner, parts }: Operator,
  element: ValueType | undefined,
  what: string,
  reader: Reader,
): void {
  const { operator, operand } = use;
  if (operand.kind !== 'map') return;
  for (const { key, value } of parts ? operand.entries : []) {
    const type = Object.hasOwn(parts ?? {}, key) ? parts?.[key] : undefined;
    if (type) checkMap(value, type, `the ${key} of ${what}`, reader);
  }
  if (QUANTIFIERS.includes(operator)) {
    checkMap(operand, element, `an element of ${what}`, reader);
  } else if (inner) {
    checkMap(operand, inner, `the ${wordFor(operator)} of ${what}`, reader);
  }
}

function checkMap(node: Node, type: ValueType | undefined, what: string, reader: Reader): void {
  if (node.kind !== 'map' || node.entries.length === 0) return;
  // What is wrong with the uses themselves is reported where they are compiled.
  checkUseTypes(parseUses(node, reader) ?? [], type, what, reader);
}

function wordFor(operator: string): string {
  return operator.replace(/^url_/, '');
}

function checkOperands(use: OperatorUse, type: ValueType, what: string, reader: Reader): void {
  const nodes = use.operand.kind === 'list' ? use.operand.items : [use.operand];
  for (const node of nodes) {
    const kind = kindOf(node);
    if (kind === undefined || kind === type.kind) continue;
    const message = `${what} is ${nameOf(type)} and never ${nameOf({ kind })}`;
    const hint = hintFor(use, type) ?? (type.kind === 'text' ? 'put it in quotes' : undefined);
    reader.error('TYPE', node.at, message, hint);
  }
}

function kindOf(node: Node): ValueKind | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (node.value === null) return 'null';
  return typeof node.value === 'string' ? 'text' : (typeof node.value as 'number' | 'boolean');
}

const names: Readonly<Record<ValueKind, string>> = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  list: 'a list',
  object: 'an object',
};

function nameOf({ kind, of }: ValueType): string {
  return of?.kind === 'text' ? 'a list of texts' : names[kind];
}

function hintFor({ operator }: OperatorUse, { kind }: ValueType): string | undefined {
  if (kind === 'list') {
    if (operator === 'eq') return 'use "contains"';
    if (operator === 'ne') return 'use "not" and "contains"';
    if (operator === 'in') return 'use { some: { in: […] } }';
    if (operator === 'not_in') return 'use { none: { in: […] } }';
    return `ask it of an element: { some: { ${operator}: … } }`;
  }
  if (kind === 'boolean') return 'use { eq: true } or { eq: false }';
  return QUANTIFIERS.includes(operator) ? 'it is about lists' : undefined;
}
