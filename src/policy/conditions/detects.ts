import { detectors } from '../../mask/detectors.ts';
import { isRawNumber } from '../../model/json.ts';
import { suggest } from '../../model/nearest.ts';
import { FALSE, FAULT, truth } from '../outcome.ts';
import { operandTexts } from './operand.ts';
import type { Operator } from './operator.ts';

/** `detects: [email]` — one of the detectors finds something in the text or number. */
export const detects: Operator = {
  summary: 'is text or a number in which this detector finds something, or one of these',
  example: {
    when: '{ args.body: { detects: [payment-card, email] } }',
    holds: 'card 4111 1111 1111 1111',
    fails: 'card 4111',
    unjudged: ['ana@example.com'],
  },
  judges: ['text', 'number', 'boolean', 'null'],
  whenAbsent: FALSE,
  readsNames: true,
  compile(operand, { reader }) {
    const names = operandTexts(operand, reader, 'the operand of "detects"');
    const found = names?.flatMap((name) => {
      const detector = detectors.get(name);
      if (detector) return [detector];
      reader.error(
        'UNKNOWN_DETECTOR',
        operand.at,
        `no detector "${name}"`,
        suggest(name, [...detectors.keys()]),
      );
      return [];
    });
    if (!found) return undefined;
    return (value) => {
      if (value === null || typeof value === 'boolean') return FALSE;
      if (typeof value === 'object' && !isRawNumber(value)) return FAULT;
      const text = typeof value === 'object' ? value.rawJSON : String(value);
      return truth(found.some((detector) => detector.find(text).length > 0));
    };
  },
};
