import type { Node } from '../../document/node.ts';
import { isList, isRawNumber, type Json } from '../../model/json.ts';
import { suggest } from '../../model/nearest.ts';
import { FALSE, TRUE, truth } from '../outcome.ts';
import { operandTexts } from './operand.ts';
import type { OperandContext, Operator, Test } from './operator.ts';

const typeNames = ['string', 'number', 'integer', 'boolean', 'null', 'list', 'object'];

/** `exists: true` — a value is there, null included. */
export const exists: Operator = {
  summary: 'is there, even as null',
  example: { when: '{ args.filter: exists }', holds: null, fails: undefined },
  whenAbsent: FALSE,
  compile: onlyTrue(TRUE),
};
/** `absent: true` — no value is there. */
export const absent: Operator = {
  summary: 'is not there',
  example: { when: '{ args.force: absent }', holds: undefined, fails: false },
  whenAbsent: TRUE,
  compile: onlyTrue(FALSE),
};
/** `type: string` — the value is of one of these JSON types. */
export const type: Operator = {
  summary:
    'is of this JSON type, or one of these: `string number integer boolean null list object`',
  example: { when: '{ args.id: { type: [string, integer] } }', holds: 7, fails: 7.5 },
  whenAbsent: FALSE,
  compile: compileType,
};

function onlyTrue(outcome: number): Operator['compile'] {
  return (operand, { reader }) => {
    if (operand.kind === 'scalar' && operand.value === true) return () => outcome;
    const hint = 'write { exists: true } or { absent: true }';
    reader.error('OPERAND', operand.at, 'the operand can only be true', hint);
    return undefined;
  };
}

function compileType(operand: Node, { reader }: OperandContext): Test | undefined {
  const wanted = operandTexts(operand, reader, 'the operand of "type"');
  for (const name of wanted ?? []) {
    if (typeNames.includes(name)) continue;
    reader.error('OPERAND', operand.at, `no type is called "${name}"`, suggest(name, typeNames));
  }
  return wanted && ((value) => truth(typesOf(value).some((name) => wanted.includes(name))));
}

function typesOf(value: Json): string[] {
  if (value === null) return ['null'];
  if (isList(value)) return ['list'];
  if (typeof value === 'object') {
    if (!isRawNumber(value)) return ['object'];
    return /[.eE]/.test(value.rawJSON) ? ['number'] : ['number', 'integer'];
  }
  if (typeof value !== 'number') return [typeof value];
  return Number.isInteger(value) ? ['number', 'integer'] : ['number'];
}
