import fc from 'fast-check';
import { expect, it } from 'vitest';
import { detectors } from '../../src/mask/detectors.ts';
import { compileNeeds, TextLook } from '../../src/mask/text/text-look.ts';
import { FinderChoice } from '../../src/mask/walk/finder-choice.ts';

const owns = [{ length: 70 }, { length: 3, digits: 40 }, { characters: '#' }, { characters: 'q~' }];
const finders = [
  ...detectors.values(),
  ...owns.map((needs, index) => ({ name: `own-${index}`, needs, find: () => [] })),
].map((detector) => ({ detector, needs: compileNeeds(detector.needs), due: [] }));
const choice = new FinderChoice(finders);

const someText = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.string({ unit: fc.constantFrom(...'0123456789-.@: '), maxLength: 100 }),
);

it('chooses every detector whose needs a text meets, in order, and few more', () => {
  fc.assert(
    fc.property(someText, (text) => {
      const look = new TextLook(text);
      const chosen = choice.of(look);
      const due = finders.filter(({ needs }) => look.may(needs));
      expect(chosen.filter(({ needs }) => look.may(needs))).toEqual(due);
      // Only what needs more than is told apart may be among them for nothing.
      expect(chosen.length - due.length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 2_000 },
  );
});

it('never rules out a detector whose needs are met character by character', () => {
  fc.assert(
    fc.property(someText, (text) => {
      const look = new TextLook(text);
      for (const { detector, needs } of finders) {
        const { length = 1, digits = 0, characters } = detector.needs ?? {};
        const has = characters === undefined || [...characters].some((one) => text.includes(one));
        const meets = text.length >= length && text.replace(/\D/g, '').length >= digits && has;
        if (meets) expect(look.may(needs)).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
