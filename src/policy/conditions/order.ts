import type { Node } from '../../document/node.ts';
import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';
import { FALSE, FAULT, truth } from '../outcome.ts';
import type { OperandContext, Operator, Test } from './operator.ts';

type Ordered = number | string;

/** `gt`, `gte`, `lt`, `lte` — numbers with numbers, strings with strings (by code unit, as RFC 3339 times need). */
export const gt = ordering((a, b) => a > b);
export const gte = ordering((a, b) => a >= b);
export const lt = ordering((a, b) => a < b);
export const lte = ordering((a, b) => a <= b);

/** `length: 3` or `length: { lte: 100 }` — characters of a string, elements of a list, members of an object. */
export const length: Operator = { whenAbsent: FALSE, compile: compileLength };

function ordering(holds: (a: Ordered, b: Ordered) => boolean): Operator {
  return {
    whenAbsent: FALSE,
    compile(operand, { reader }) {
      const bound = operand.kind === 'scalar' ? operand.value : undefined;
      if (typeof bound !== 'number' && typeof bound !== 'string') {
        reader.error('OPERAND', operand.at, 'an order needs a number or a string to compare with');
        return undefined;
      }
      return (value) => {
        const known = numeric(value);
        if (typeof known !== typeof bound) return FAULT;
        // Rounding to a double keeps the order, except that neighbours may become equal.
        if (known !== value && known === bound) return FAULT;
        return truth(holds(known as Ordered, bound));
      };
    },
  };
}

/** A number held as text, rounded; anything else as it is. */
function numeric(value: Json): Json {
  return isRawNumber(value) ? Number(value.rawJSON) : value;
}

function compileLength(operand: Node, context: OperandContext): Test | undefined {
  if (operand.kind === 'map') {
    const tests = context.tests(operand);
    return tests && measured((size) => tests(size));
  }
  const exact = context.reader.number(operand, 'the operand of "length"');
  return exact === undefined ? undefined : measured((size) => truth(size === exact));
}

function measured(judge: (size: number) => number): Test {
  return (value: Json) => {
    if (typeof value === 'string') return judge([...value].length);
    if (isList(value)) return judge(value.length);
    return isObject(value) ? judge(Object.keys(value).length) : FAULT;
  };
}
