import { isList } from '../../model/json.ts';
import { and, FALSE, FAULT, not, type Outcome, or, TRUE } from '../outcome.ts';
import type { Operator, OptionalTest } from './operator.ts';

/** `every: { … }` — each element of the list holds; true of an empty list. */
export const every = quantifier((elements, test) =>
  elements.reduce((all: Outcome, element) => and(all, test(element as never)), TRUE),
);
/** `some: { … }` — an element of the list holds. */
export const some = quantifier(anyElement);
/** `none: { … }` — no element of the list holds. */
export const none: Operator = {
  ...quantifier((elements, test) => not(anyElement(elements, test))),
  whenAbsent: TRUE,
};

function anyElement(elements: readonly unknown[], test: OptionalTest): Outcome {
  return elements.reduce((any: Outcome, element) => or(any, test(element as never)), FALSE);
}

function quantifier(
  judge: (elements: readonly unknown[], test: OptionalTest) => Outcome,
): Operator {
  return {
    whenAbsent: FALSE,
    compile(operand, context) {
      const test = context.tests(operand);
      return test && ((value) => (isList(value) ? judge(value, test) : FAULT));
    },
  };
}
