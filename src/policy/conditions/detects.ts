import { isAnalyzerName } from '../../mask/analyzer-name.ts';
import { isRawNumber } from '../../model/json.ts';
import { FALSE, FAULT, TRUE } from '../outcome.ts';
import { placedTexts } from '../parse/placed-texts.ts';
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
  compile(operand, { reader, detectors, field }) {
    if (operandTexts(operand, reader, 'the operand of "detects"') === undefined) return undefined;
    const named = placedTexts(operand, 'detects', reader).map(({ text, at }) => {
      if (!isAnalyzerName(text)) return detectors(text, at);
      const hint = 'a condition is judged at once: use it in a mask';
      reader.error('UNKNOWN_DETECTOR', at, `"${text}" can't be waited for here`, hint);
      return undefined;
    });
    const known = [...new Set(named.flatMap((found) => found ?? []))];
    // What other files define isn't known before they are read.
    const otherwise = named.includes(undefined) ? TRUE | FALSE : FALSE;
    return (value) => {
      if (value === null || typeof value === 'boolean') return FALSE;
      if (typeof value === 'object' && !isRawNumber(value)) return FAULT;
      const text = typeof value === 'object' ? value.rawJSON : String(value);
      return known.some((detector) => detector.find(text, field).length > 0) ? TRUE : otherwise;
    };
  },
};
