import { isList } from '../../model/json.ts';
import { and, FALSE, FAULT, not, type Outcome, or, TRUE } from '../outcome.ts';
import type { Operator, OptionalTest } from './operator.ts';

/** `every: { … }` — each element of the list holds; true of an empty list. */
export const every = quantifier(
  {
    summary: 'is a list of which each element passes; an empty list does',
    example: {
      when: '{ args.to: { every: { ends_with: "@example.com" } } }',
      holds: ['ana@example.com'],
      fails: ['ana@example.com', 'eve@evil.test'],
      unjudged: 'ana@example.com',
    },
  },
  (elements, test) =>
    elements.reduce((all: Outcome, element) => and(all, test(element as never)), TRUE),
);
/** `some: { … }` — an element of the list holds. */
export const some = quantifier(
  {
    summary: 'is a list of which an element passes',
    example: {
      when: '{ args.labels: { some: { eq: urgent } } }',
      ...{ holds: ['new', 'urgent'], fails: [], unjudged: 'urgent' },
    },
  },
  anyElement,
);
/** `none: { … }` — no element of the list holds. */
export const none: Operator = {
  ...quantifier(
    {
      summary: 'is a list of which no element passes, or absent',
      example: {
        when: '{ args.to: { none: { ends_with: "@rival.test" } } }',
        holds: ['ana@example.com'],
        fails: ['bo@rival.test'],
        unjudged: 'ana@example.com',
      },
    },
    (elements, test) => not(anyElement(elements, test)),
  ),
  whenAbsent: TRUE,
};

function anyElement(elements: readonly unknown[], test: OptionalTest): Outcome {
  return elements.reduce((any: Outcome, element) => or(any, test(element as never)), FALSE);
}

function quantifier(
  about: Pick<Operator, 'summary' | 'example'>,
  judge: (elements: readonly unknown[], test: OptionalTest) => Outcome,
): Operator {
  return {
    ...about,
    judges: ['list'],
    whenAbsent: FALSE,
    compile(operand, context) {
      const test = context.tests(operand);
      return test && ((value) => (isList(value) ? judge(value, test) : FAULT));
    },
  };
}
