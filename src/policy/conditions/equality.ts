import type { Node, ScalarNode } from '../../document/node.ts';
import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';
import { FALSE, FAULT, not, type Outcome, TRUE, truth } from '../outcome.ts';
import { isComparable } from './operand.ts';
import type { OperandContext, Operator, Test } from './operator.ts';

/** `eq: value` — the same value of the same type. */
export const eq: Operator = {
  summary: 'is this value, of the same type',
  example: { when: '{ args.dry_run: { eq: true } }', holds: true, fails: false, unjudged: 'true' },
  judges: ['text', 'number', 'boolean', 'null'],
  compares: 'value',
  whenAbsent: FALSE,
  compile: compileEq,
};
/** `ne: value` — not `eq`. */
export const ne: Operator = {
  summary: 'is not this value, or absent',
  example: { when: '{ args.stage: { ne: prod } }', holds: 'dev', fails: 'prod', unjudged: 5 },
  judges: ['text', 'number', 'boolean', 'null'],
  compares: 'value',
  whenAbsent: TRUE,
  compile: negated(compileEq),
};
/** `in: [values]` — one of them. */
export const oneOf: Operator = {
  summary: 'is one of these values',
  example: {
    when: '{ args.stage: { in: [dev, test] } }',
    ...{ holds: 'dev', fails: 'prod', unjudged: ['dev'] },
  },
  judges: ['text', 'number', 'boolean', 'null'],
  compares: 'value',
  whenAbsent: FALSE,
  compile: compileIn,
};
/** `not_in: [values]` — not `in`. */
export const notIn: Operator = {
  summary: 'is none of these values, or absent',
  example: {
    when: '{ args.schema: { not_in: [audit, payroll] } }',
    ...{ holds: 'orders', fails: 'audit', unjudged: 7 },
  },
  judges: ['text', 'number', 'boolean', 'null'],
  compares: 'value',
  whenAbsent: TRUE,
  compile: negated(compileIn),
};
/** `contains: value` — text within text, or an element of a list. */
export const contains: Operator = {
  summary: 'is text with this in it, or a list with this element',
  example: {
    when: '{ args.labels: { contains: urgent } }',
    ...{ holds: ['new', 'urgent'], fails: ['new'], unjudged: 5 },
  },
  judges: ['text', 'list'],
  compares: 'part',
  whenAbsent: FALSE,
  compile: compileContains,
};

type Scalar = ScalarNode['value'];

function compileEq(operand: Node, { reader }: OperandContext): Test | undefined {
  if (operand.kind === 'scalar') {
    if (!isComparable(operand, reader)) return undefined;
    return (value) => same(value, operand.value);
  }
  reader.error('OPERAND', operand.at, '"eq" compares with one value', 'for several, use "in"');
  return undefined;
}

function compileIn(operand: Node, { reader }: OperandContext): Test | undefined {
  const list = reader.list(operand, 'the operand of "in"');
  if (!list) return undefined;
  const values = list.items.flatMap((item) => (item.kind === 'scalar' ? [item.value] : []));
  if (values.length < list.items.length) {
    reader.error('OPERAND', operand.at, '"in" takes a list of plain values');
  }
  for (const item of list.items) isComparable(item, reader);
  const known = new Set<Json>(values);
  const types = new Set(values.map(typeName));
  return (value) => {
    if (known.has(value)) return TRUE;
    return types.has(typeName(value)) ? FALSE : FAULT;
  };
}

function compileContains(operand: Node, { reader }: OperandContext): Test | undefined {
  if (operand.kind !== 'scalar') {
    reader.error('OPERAND', operand.at, '"contains" takes one value');
    return undefined;
  }
  if (!isComparable(operand, reader)) return undefined;
  const wanted = operand.value;
  return (value) => {
    if (isList(value)) return anyEqual(value, wanted);
    if (typeof value !== 'string' || typeof wanted !== 'string') return FAULT;
    return truth(value.includes(wanted));
  };
}

/** A number that only its text can hold may or may not be the wanted one. */
function anyEqual(list: readonly Json[], wanted: Scalar): Outcome {
  if (list.includes(wanted)) return TRUE;
  return typeof wanted === 'number' && list.some(isRawNumber) ? FAULT : FALSE;
}

function negated(compile: Operator['compile']): Operator['compile'] {
  return (operand, context) => {
    const test = compile(operand, context);
    return test && ((value) => not(test(value)));
  };
}

function same(value: Json, wanted: Scalar): Outcome {
  if (value === wanted) return TRUE;
  return typeName(value) === typeName(wanted) ? FALSE : FAULT;
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  return isObject(value) || isList(value) ? 'tree' : typeof value;
}
