import { createHmac, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Masker, maskerNames, maskerOf, REMOVED } from '../../../src/mask/masker.ts';
import { TokenMint } from '../../../src/mask/token/token-mint.ts';
import type { MaskerSpec } from '../../../src/model/decision.ts';
import { isList, isObject, type Json, parseJson } from '../../../src/model/json.ts';
import { testContext } from '../../support/masks.ts';

function masker(spec: MaskerSpec, context = testContext): Masker {
  return maskerOf(spec, context, new TokenMint(context));
}
const generalize = (
  date: 'month' | 'year' | 'decade' = 'year',
  ipv4 = 24,
  ipv6 = 48,
): MaskerSpec => ({ masker: 'generalize', date, ipv4, ipv6 });

describe('a stretch of text', () => {
  it.each<[MaskerSpec, string, string]>([
    [{ masker: 'redact' }, 'ana', '[redacted:what]'],
    [{ masker: 'keep', first: 0, last: 4 }, '4111111111111111', '************1111'],
    [{ masker: 'keep', first: 1, last: 1 }, 'abc', '***'],
    [{ masker: 'keep', first: 1, last: 1, least: 9 }, 'abcdefgh', '********'],
    [{ masker: 'keep', first: 1, last: 1, least: 8 }, 'abcdefgh', 'a******h'],
    [{ masker: 'keep', first: 0, last: 2 }, '👩👩👩👩', '**👩👩'],
    [{ masker: 'replace', value: 'someone' }, 'ana', 'someone'],
    [{ masker: 'replace', value: 0 }, 'ana', '0'],
    [{ masker: 'replace', value: null }, 'ana', '[redacted:what]'],
    [{ masker: 'remove' }, 'ana', ''],
    [{ masker: 'null' }, 'ana', '[redacted:what]'],
    [{ masker: 'round', to: 1000 }, '4499', '4000'],
    [{ masker: 'round', to: 1000 }, '4500', '5000'],
    [{ masker: 'round', to: 1000 }, '1,234,567.89', '1,235,000'],
    [{ masker: 'round', to: 1000 }, '-1500', '-1000'],
    [{ masker: 'round', to: 1000 }, '-400', '0'],
    [{ masker: 'round', to: 0.1 }, '0.34', '0.3'],
    [{ masker: 'round', to: 0.25 }, '1.3', '1.25'],
    [{ masker: 'round', to: 1000 }, 'about 4000', '[redacted:what]'],
    [{ masker: 'round', to: 1 }, '123456789012345678901234567890', '[redacted:what]'],
    [generalize(), 'ana@example.com', '[redacted:what]'],
    [generalize(), 'x'.repeat(1_000_000), '[redacted:what]'],
  ])('by %j: %s', (spec, found, expected) => {
    expect(masker(spec).text(found, 'what')).toBe(expected);
  });
});

describe('a whole value', () => {
  it.each<[MaskerSpec, Json, unknown]>([
    [{ masker: 'redact' }, 4200, '[redacted:pay]'],
    [{ masker: 'redact' }, { a: [1] }, '[redacted:pay]'],
    [{ masker: 'keep', first: 0, last: 2 }, 4200, '**00'],
    [{ masker: 'keep', first: 0, last: 2 }, [4200], '[redacted:pay]'],
    [{ masker: 'keep', first: 0, last: 2 }, { a: 4200 }, '[redacted:pay]'],
    [{ masker: 'replace', value: 0 }, 'x', 0],
    [{ masker: 'replace', value: false }, [1], false],
    [{ masker: 'remove' }, 'x', REMOVED],
    [{ masker: 'null' }, 'x', null],
    [{ masker: 'round', to: 1000 }, 4200, 4000],
    [{ masker: 'round', to: 0.1 }, 0.34, 0.3],
    [{ masker: 'round', to: 1000 }, '4200', '4000'],
    [{ masker: 'round', to: 1000 }, parseJson('12345678901234567890'), '[redacted:pay]'],
    [{ masker: 'round', to: 1e6 }, parseJson('1234567890123456.789'), 1234567890000000],
    [{ masker: 'round', to: 1000 }, true, '[redacted:pay]'],
    [{ masker: 'round', to: 1000 }, [4200], '[redacted:pay]'],
    [generalize(), 19800417, 1980],
    [generalize('month'), 19800417, 198004],
    [generalize('decade'), 19870417, 1980],
    [generalize(), 1_713_312_000, 1_704_067_200],
    [generalize('month'), 1_713_312_000_123, 1_711_929_600_000],
    [generalize('decade'), 1_713_312_000, 1_577_836_800],
    [generalize(), 42, '[redacted:pay]'],
    [generalize(), ['1980-04-17'], '[redacted:pay]'],
  ])('by %j: %j', (spec, value, expected) => {
    expect(masker(spec).value?.(value, 'pay')).toEqual(expected);
  });

  it('is digested by its JSON where it is a list or an object', () => {
    const hash = masker({ masker: 'hash', length: 64 });
    expect(hash.value?.({ a: 1 })).not.toBe(hash.value?.('{"a":1}'));
    expect(hash.value?.({ a: 1 })).toBe(hash.value?.({ a: 1 }));
  });
});

describe('generalize', () => {
  it.each<[string, string, string, string]>([
    ['1980-04-17', '1980-04', '1980', '1980s'],
    ['1980-04-17T10:30:00Z', '1980-04', '1980', '1980s'],
    ['1980-04-17 10:30:00.123+02:00', '1980-04', '1980', '1980s'],
    ['1980/4/7', '1980/4', '1980', '1980s'],
    ['1980-04', '1980-04', '1980', '1980s'],
    ['1980', '1980', '1980', '1980s'],
    ['19800417', '198004', '1980', '1980s'],
    ['19800417T103000Z', '198004', '1980', '1980s'],
    ['17.04.1980', '04.1980', '1980', '1980s'],
    ['17/04/1980', '04/1980', '1980', '1980s'],
    ['04/17/1980', '04/1980', '1980', '1980s'],
    ['04/05/1980', '1980', '1980', '1980s'],
    ['04/1980', '04/1980', '1980', '1980s'],
    ['17 April 1980', 'April 1980', '1980', '1980s'],
    ['17th April 1980', 'April 1980', '1980', '1980s'],
    ['April 17, 1980', 'April 1980', '1980', '1980s'],
    ['Apr 17, 1980, 10:30 PM', 'Apr 1980', '1980', '1980s'],
    ['Thu, 17 Apr 1980 10:30:00 GMT', 'Apr 1980', '1980', '1980s'],
    ['17. März 1980', 'März 1980', '1980', '1980s'],
    ['17 de abril de 1980', 'abril 1980', '1980', '1980s'],
    ['1er avril 1980', 'avril 1980', '1980', '1980s'],
    ['17 апреля 1980', 'апреля 1980', '1980', '1980s'],
    ['1980年4月17日', '1980年4月', '1980', '1980s'],
  ])('makes of %s less of a date', (text, month, year, decade) => {
    expect(masker(generalize('month')).text(text)).toBe(month);
    expect(masker(generalize('year')).text(text)).toBe(year);
    expect(masker(generalize('decade')).text(text)).toBe(decade);
  });

  it.each([
    ...[
      '17.04.80',
      '1980-13-01',
      '1980-04-32',
      '32/13/1980',
      '17 Johnson 1980',
      'Johnson 17, 1980',
    ],
    ...['1980-04-17 is her birthday', 'room 1980', '00/00/1980', '2980-01-01', '', '1980.04-17'],
  ])('knows no date in %j', (text) => {
    for (const date of ['month', 'year', 'decade'] as const) {
      expect(masker(generalize(date)).text(text, 'x')).toBe('[redacted:x]');
    }
  });

  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['203.0.113.77:8080', '203.0.113.0/24'],
    ['203.0.113.77/32', '203.0.113.0/24'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:DB8::1', '2001:db8::/48'],
    ['[2001:db8:1::1]:443', '2001:db8:1::/48'],
    ['fe80::1%eth0', 'fe80::/48'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::', '::/48'],
  ])('makes of %s its network', (text, expected) => {
    expect(masker(generalize()).text(text)).toBe(expected);
  });

  it.each<[string, number, number, string]>([
    ['203.0.113.77', 0, 0, '0.0.0.0/0'],
    ['203.0.113.77', 20, 0, '203.0.112.0/20'],
    ['203.0.113.77', 31, 0, '203.0.113.76/31'],
    ['2001:db8:1:2:3:4:5:6', 0, 0, '::/0'],
    ['2001:db8:1:2:3:4:5:6', 0, 56, '2001:db8:1::/56'],
    ['2001:db8:1:2:3:4:5:7', 0, 127, '2001:db8:1:2:3:4:5:6/127'],
    ['0:0:1::', 0, 64, '0:0:1::/64'],
    ['1:0:0:2:0:0:0:3', 0, 127, '1:0:0:2::2/127'],
  ])('keeps of %s so many bits', (text, ipv4, ipv6, expected) => {
    expect(masker(generalize('year', ipv4, ipv6)).text(text)).toBe(expected);
  });

  it.each(['256.1.1.1', '1.2.3', '2001:db8:::1', 'http://203.0.113.77/', '01.2.3.4'])(
    'knows no address in %j',
    (text) => {
      expect(masker(generalize()).text(text, 'x')).toBe('[redacted:x]');
    },
  );
});

describe('hash', () => {
  const hash: MaskerSpec = { masker: 'hash', length: 16 };

  it('is a keyed digest with a purpose', () => {
    const text = JSON.stringify(['sallyport mask hash v1', 'text', 'ana']);
    const digest = createHmac('sha256', testContext.key).update(text).digest('hex');
    expect(masker(hash).text('ana')).toBe(`hash:${digest.slice(0, 16)}`);
  });

  it('is the same for every caller, for a number and its text, and another with another key', () => {
    const other = { ...testContext, owner: 'https://idp\nbob' };
    expect(masker(hash, other).text('42')).toBe(masker(hash).text('42'));
    expect(masker(hash).value?.(42)).toBe(masker(hash).text('42'));
    const rekeyed = { ...testContext, key: createSecretKey(new Uint8Array(32).fill(1)) };
    expect(masker(hash, rekeyed).text('42')).not.toBe(masker(hash).text('42'));
  });
});

describe('token', () => {
  const token: MaskerSpec = { masker: 'token', scope: '', expires: 1 };

  it.each([
    ['person-id', 'person-id'],
    ['Person ID', 'person-id'],
    ['customer.ssn', 'customer-ssn'],
    ['presidio:PERSON', 'presidio-person'],
    ['名前', 'value'],
    ['x'.repeat(33), 'value'],
    [undefined, 'value'],
  ])('is called after %j', (label, expected) => {
    expect(masker(token).text('ana', label)).toMatch(new RegExp(`^${expected}:[0-9a-z]{16}$`));
  });

  it('is called as the policy says', () => {
    expect(masker({ ...token, label: 'who' }).text('ana', 'email')).toMatch(/^who:/);
  });
});

const anySpec = fc.oneof<fc.Arbitrary<MaskerSpec>[]>(
  fc.constantFrom<MaskerSpec>(
    { masker: 'redact' },
    { masker: 'remove' },
    { masker: 'null' },
    { masker: 'hash', length: 16 },
    { masker: 'token', scope: '', expires: 1000 },
    { masker: 'replace', value: 'x' },
    { masker: 'round', to: 10 },
    generalize(),
    { masker: 'keep', first: 1, last: 1 },
  ),
);
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const scalarOrMore = fc.oneof(leaf, fc.boolean(), fc.array(leaf), fc.dictionary(fc.string(), leaf));

describe('every masker', () => {
  it('has a name', () => {
    expect([...maskerNames].sort()).toEqual([
      ...['generalize', 'hash', 'keep', 'null', 'redact', 'remove', 'replace', 'round', 'token'],
    ]);
  });

  it('gives plain JSON, or nothing at all, of any value', () => {
    fc.assert(
      fc.property(anySpec, scalarOrMore, (spec, value) => {
        const one = masker(spec);
        const masked = one.value ? one.value(value, 'x') : one.text(String(value), 'x');
        if (masked === REMOVED) return;
        expect(JSON.parse(JSON.stringify(masked))).toEqual(masked);
        if (isList(value) || isObject(value)) expect(JSON.stringify(masked)).not.toContain('{');
      }),
    );
  });

  it('refuses one that it does not know', () => {
    expect(() => masker({ masker: 'impossible' } as never)).toThrow('unreachable');
  });
});
