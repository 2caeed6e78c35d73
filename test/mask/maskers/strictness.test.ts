import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keep } from '../../../src/mask/maskers/keep.ts';
import { sameMasker, stricter, strictest } from '../../../src/mask/maskers/strictness.ts';
import type { MaskerSpec } from '../../../src/model/decision.ts';

const redact: MaskerSpec = { masker: 'redact' };
const hash: MaskerSpec = { masker: 'hash', length: 16 };
const token: MaskerSpec = { masker: 'token', scope: '', expires: 1000 };
const round: MaskerSpec = { masker: 'round', to: 1000 };
const year: MaskerSpec = { masker: 'generalize', date: 'year', ipv4: 24, ipv6: 48 };
const last4: MaskerSpec = { masker: 'keep', first: 0, last: 4 };
const anySpec: fc.Arbitrary<MaskerSpec> = fc.oneof(
  fc.constantFrom<MaskerSpec>(redact, { masker: 'remove' }, { masker: 'null' }),
  fc.record({ masker: fc.constant('hash' as const), length: fc.integer({ min: 8, max: 64 }) }),
  fc.record({
    masker: fc.constant('token' as const),
    scope: fc.constantFrom('', 'crm'),
    expires: fc.constantFrom(1000, 2000),
  }),
  fc.record({ masker: fc.constant('replace' as const), value: fc.constantFrom(1, 'a', 'b') }),
  fc.record({ masker: fc.constant('round' as const), to: fc.constantFrom(1, 10, 1000) }),
  fc.record({
    masker: fc.constant('generalize' as const),
    date: fc.constantFrom('month' as const, 'year' as const, 'decade' as const),
    ipv4: fc.integer({ min: 0, max: 31 }),
    ipv6: fc.integer({ min: 0, max: 127 }),
  }),
  fc.record({
    masker: fc.constant('keep' as const),
    first: fc.integer({ min: 0, max: 6 }),
    last: fc.integer({ min: 0, max: 6 }),
  }),
);

describe('of several maskers on one value', () => {
  it.each<[MaskerSpec, MaskerSpec, MaskerSpec]>([
    [{ masker: 'remove' }, { masker: 'null' }, { masker: 'remove' }],
    [{ masker: 'null' }, redact, { masker: 'null' }],
    [redact, { masker: 'replace', value: 'x' }, redact],
    [{ masker: 'replace', value: 'x' }, hash, { masker: 'replace', value: 'x' }],
    [hash, token, hash],
    [token, year, token],
    [token, last4, token],
    [hash, { masker: 'hash', length: 8 }, { masker: 'hash', length: 8 }],
    [round, { masker: 'round', to: 10 }, round],
    [token, { ...token, expires: 10 }, { ...token, expires: 10 }],
    [
      year,
      { masker: 'generalize', date: 'decade', ipv4: 30, ipv6: 32 },
      { masker: 'generalize', date: 'decade', ipv4: 24, ipv6: 32 },
    ],
    // Each shows another part of the value, so both together would show more than either.
    [year, last4, redact],
    [round, last4, redact],
    [round, year, redact],
  ])('%j and %j are as %j', (a, b, expected) => {
    expect(stricter(a, b)).toEqual(expected);
    expect(stricter(b, a)).toEqual(expected);
  });

  it('their order makes no difference', () => {
    fc.assert(
      fc.property(
        fc
          .array(anySpec, { minLength: 1, maxLength: 5 })
          .chain((specs) =>
            fc.tuple(fc.constant(specs), fc.shuffledSubarray(specs, { minLength: specs.length })),
          ),
        ([specs, shuffled]) => {
          expect(sameMasker(strictest(specs), strictest(shuffled))).toBe(true);
        },
      ),
    );
  });

  it('one is as itself, and twice the same as once', () => {
    fc.assert(
      fc.property(fc.array(anySpec, { minLength: 1, maxLength: 4 }), (specs) => {
        expect(sameMasker(strictest([...specs, ...specs]), strictest(specs))).toBe(true);
      }),
    );
  });

  it('one more is never milder', () => {
    const order = ['remove', 'null', 'redact', 'replace', 'hash', 'token', 'generalize', 'round'];
    const rank = ({ masker }: MaskerSpec) => (order.includes(masker) ? order.indexOf(masker) : 8);
    fc.assert(
      fc.property(fc.array(anySpec, { minLength: 1, maxLength: 5 }), anySpec, (specs, more) => {
        expect(rank(strictest([...specs, more]))).toBeLessThanOrEqual(rank(strictest(specs)));
      }),
    );
  });

  it('two that keep show only what both show', () => {
    const end = fc.integer({ min: 0, max: 5 });
    const specs = fc.array(fc.tuple(end, end), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(specs, fc.string({ maxLength: 20, unit: 'grapheme-ascii' }), (ends, text) => {
        const both = strictest(ends.map(([first, last]) => ({ masker: 'keep', first, last })));
        if (both.masker !== 'keep') throw new Error('not keep');
        const each = ends.map(([first, last]) => keep(first, last)(text));
        const expected = [...text].map((character, i) =>
          each.every((one) => one[i] === character) ? character : '*',
        );
        const shown = keep(both.first, both.last, both.least)(text);
        // A star of the text itself says nothing of what is shown.
        expect(shown).toBe(text.includes('*') ? shown : expected.join(''));
      }),
    );
  });

  it('refuses what it does not know, and none', () => {
    expect(() => stricter(redact, { masker: 'x' } as never)).toThrow('unreachable');
    expect(() => strictest([])).toThrow(RangeError);
  });
});
