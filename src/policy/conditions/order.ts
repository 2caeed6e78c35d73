import type { Node } from '../../document/node.ts';
import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';
import { FALSE, FAULT, truth } from '../outcome.ts';
import type { OperandContext, Operator, Test } from './operator.ts';
import { NUMBER } from './value-type.ts';

type Ordered = number | string;

/** `gt`, `gte`, `lt`, `lte` — numbers with numbers, strings with strings (by code unit, as RFC 3339 times need). */
export const gt = ordering('is more than this: numbers with numbers, text with text', {
  example: { when: '{ args.amount: { gt: 0 } }', holds: 0.5, fails: 0, unjudged: '5' },
  holds: (a, b) => a > b,
});
export const gte = ordering('is this or more', {
  example: { when: '{ args.amount: { gte: 10 } }', holds: 10, fails: 9.99, unjudged: null },
  holds: (a, b) => a >= b,
});
export const lt = ordering('is less than this', {
  example: { when: '{ args.rows: { lt: 1000 } }', holds: 999, fails: 1000, unjudged: '999' },
  holds: (a, b) => a < b,
});
export const lte = ordering('is this or less', {
  example: { when: '{ args.limit: { lte: 1000 } }', holds: 1000, fails: 1001, unjudged: '10' },
  holds: (a, b) => a <= b,
});

/** `length: 3` or `length: { lte: 100 }` — characters of a string, elements of a list, members of an object. */
export const length: Operator = {
  summary: 'has so many characters, elements or members; a number, or operators on it',
  example: {
    when: '{ args.to: { length: { lte: 2 } } }',
    ...{ holds: ['a@x.test'], fails: ['a', 'b', 'c'], unjudged: 2 },
  },
  judges: ['text', 'list', 'object'],
  inner: NUMBER,
  whenAbsent: FALSE,
  compile: compileLength,
};

function ordering(
  summary: string,
  options: Pick<Operator, 'example'> & { readonly holds: (a: Ordered, b: Ordered) => boolean },
): Operator {
  const { example, holds } = options;
  return {
    ...{ summary, example, judges: ['text', 'number'], compares: 'value' },
    whenAbsent: FALSE,
    compile(operand, { reader }) {
      const bound = operand.kind === 'scalar' ? operand.value : undefined;
      if (typeof bound !== 'number' && typeof bound !== 'string') {
        reader.error('OPERAND', operand.at, 'an order needs a number or a string to compare with');
        return undefined;
      }
      if (Number.isNaN(bound)) {
        reader.error('OPERAND', operand.at, 'nothing is more or less than what is no number');
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
    if (typeof value === 'string') return judge(characters(value));
    if (isList(value)) return judge(value.length);
    return isObject(value) ? judge(Object.keys(value).length) : FAULT;
  };
}

/** Code points, so that a pictogram counts as one. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const high = text.charCodeAt(i);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(i + 1);
    if (low < 0xdc00 || low > 0xdfff) continue;
    count--;
    i++;
  }
  return count;
}
