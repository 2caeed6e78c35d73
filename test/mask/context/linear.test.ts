import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postalAddress } from '../../../src/mask/detectors/address/postal-address.ts';
import { dateOfBirth } from '../../../src/mask/detectors/birth/date-of-birth.ts';
import { personName } from '../../../src/mask/detectors/name/person-name.ts';

const bits = fc.constantFrom(
  ...[
    'Ana',
    'García',
    'Dr.',
    'Dear',
    ' ',
    ',',
    ', ',
    '\n',
    ': ',
    'name',
    'dob',
    '12',
    '1985-03-12',
  ],
  ...[
    'Main Street',
    'str.',
    '10115',
    'Berlin',
    '|',
    ';',
    '"',
    'born',
    '様',
    '〒',
    'É',
    'ß',
    '😀',
    '-',
  ],
);
const text = fc.array(bits, { maxLength: 60 }).map((parts) => parts.join(''));

describe.each([dateOfBirth, postalAddress, personName])('$name', (detector) => {
  it('gives spans in order that lie in the text and do not overlap', () => {
    fc.assert(
      fc.property(text, fc.option(fc.constantFrom('name', 'dob', 'address', 'x')), (of, field) => {
        let last = 0;
        for (const { start, end } of detector.find(of, field ?? undefined)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(of.length);
      }),
    );
  });

  it('finds the same again, whatever it was asked in between', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const before = detector.find(one);
        detector.find(other);
        expect(detector.find(one)).toEqual(before);
      }),
    );
  });

  it('finds as much in a text as in its parts, however many there are', () => {
    const part =
      'Ana Garc\u00eda, born 1985-03-12, lives at 10 Downing Street, London, SW1A 2AA.\n\n';
    expect(detector.find(part.repeat(2_000))).toHaveLength(2_000);
  });
});
