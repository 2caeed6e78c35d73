import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueTimes } from '../../src/store/memory/due-times.ts';

type Step =
  | { readonly set: string; readonly time: number }
  | { readonly delete: string }
  | { readonly upTo: number; readonly limit: number };

const key = fc.constantFrom(...'abcdefghij');
const time = fc.integer({ min: 0, max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ set: key, time }) },
  fc.record({ delete: key }),
  fc.record({ upTo: time, limit: fc.integer({ min: 0, max: 12 }) }),
);

describe('times by key', () => {
  it('are those of a plain list, whatever is set, deleted and looked for', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const due = new DueTimes();
        const plain = new Map<string, number>();
        const sorted = () =>
          [...plain].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : a > b ? 1 : 0));
        for (const one of steps) {
          if ('set' in one) {
            due.set(one.set, one.time);
            plain.set(one.set, one.time);
          } else if ('delete' in one) {
            due.delete(one.delete);
            plain.delete(one.delete);
          } else {
            const expected = sorted().filter(([, at]) => at <= one.upTo);
            expect(due.upTo(one.upTo, one.limit)).toEqual(
              expected.slice(0, one.limit).map(([name]) => name),
            );
          }
          expect(due.first()).toBe(sorted()[0]?.[1]);
        }
      }),
    );
  });
});
