import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePointSpans } from '../../src/analyzer/code-point-spans.ts';

describe('spans of code points', () => {
  it('mean the same stretch as in Python, whatever the text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(30), fc.nat(30), (whole, a, b) => {
        const points = [...whole];
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const [span] = codePointSpans(whole, [{ start, end }]) ?? [];
        const fits = start < end && end <= points.length;
        expect(span && whole.slice(span.start, span.end)).toBe(
          fits ? points.slice(start, end).join('') : undefined,
        );
      }),
    );
  });

  it('never cut a pair, and count half of one as a character', () => {
    const lone = 'a\ud83dx😀b';
    expect(codePointSpans(lone, [{ start: 1, end: 4 }])).toEqual([{ start: 1, end: 5 }]);
  });
});
