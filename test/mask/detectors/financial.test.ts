import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ibanLengths } from '../../../src/mask/detectors/iban/iban-lengths.ts';
import { found } from './found.ts';

describe('iban', () => {
  it.each([
    ['DE89 3704 0044 0532 0130 00', ['DE89 3704 0044 0532 0130 00']],
    ['to DE89370400440532013000.', ['DE89370400440532013000']],
    ['de89 3704 0044 0532 0130 00', ['de89 3704 0044 0532 0130 00']],
    ['DE89-3704-0044-0532-0130-00', ['DE89-3704-0044-0532-0130-00']],
    ['GB82 WEST 1234 5698 7654 32 x', ['GB82 WEST 1234 5698 7654 32']],
    ['IBAN:FR1420041010050500013M02606', ['FR1420041010050500013M02606']],
    ['NO93 8601 1117 947', ['NO93 8601 1117 947']],
    [
      'DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000',
      ['DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000'],
    ],
    [
      'DE89370400440532013000,GB82WEST12345698765432',
      ['DE89370400440532013000', 'GB82WEST12345698765432'],
    ],
  ])('finds in %j', (text, expected) => {
    expect(found('iban', text)).toEqual(expected);
  });

  it.each([
    'DE89370400440532013001',
    'DE8937040044053201300',
    'XX89370400440532013000',
    'DE89  3704 0044 0532 0130 00',
    'ADE89370400440532013000',
    'DE893704004405320130001',
  ])('finds nothing in %j', (text) => {
    expect(found('iban', text)).toEqual([]);
  });

  it('finds an IBAN of every country with its length, and none with another check', () => {
    const country = fc.constantFrom(...ibanLengths);
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789'),
      minLength: 33,
      maxLength: 33,
    });
    fc.assert(
      fc.property(country, digits, ([name, length], all) => {
        const account = all.slice(0, length - 4);
        const number = [...`${account}${name}00`].map((c) => Number.parseInt(c, 36)).join('');
        const check = String(98n - (BigInt(number) % 97n)).padStart(2, '0');
        expect(found('iban', `${name}${check}${account}`)).toEqual([`${name}${check}${account}`]);
        const wrong = String((Number(check) + 1) % 100).padStart(2, '0');
        expect(found('iban', `${name}${wrong}${account}`)).toEqual([]);
      }),
    );
  });

  it.each(['DE89 ', 'DE89', 'DE89 3704 0044 0532 0130 01 ', 'de8'])(
    'takes linear time on %j, repeated',
    (part) => expect(found('iban', part.repeat(50_000))).toEqual([]),
  );
});

describe('crypto-wallet', () => {
  it.each([
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
    '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy',
    'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
    'BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ',
    'bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae',
    'LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1',
    'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
    'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
    'DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L',
  ])('finds %s by itself', (address) => {
    expect(found('crypto-wallet', `pay ${address}, now`)).toEqual([address]);
  });

  it.each([
    [
      'Solana wallet 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV',
      '7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV',
    ],
    [
      'eth: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
    ],
  ])('finds in %j what has no right checksum because of the words', (text, address) => {
    expect(found('crypto-wallet', text)).toEqual([address]);
  });

  it.each([
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
    'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx',
    'bc1Qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
    'a 0xde0b295669a9fd93d5f28d9ec85e40f4cb697ba',
    `0x${'ab'.repeat(32)}`,
    '7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV',
    '9fceb02d0ae598e95dc970b74767f19372d61af8',
    'wallet 9fceb02d0ae598e95dc970b74767f19372d61af8',
    '550e8400-e29b-41d4-a716-446655440000',
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
  ])('finds nothing in %j', (text) => {
    expect(found('crypto-wallet', text)).toEqual([]);
  });

  it.each(['1', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb ', 'bc1q', '0x'])(
    'takes linear time on %j, repeated',
    (part) => expect(found('crypto-wallet', part.repeat(10_000))).toEqual([]),
  );
});

describe('payment-card', () => {
  it.each([
    '5903907772214',
    '578-1923402-4306231',
    '+49 151 23071149',
    '0.4532015112830366',
    'BR30 8933 4532 0151 1283 0366',
    'id number 4705068173087',
  ])('leaves alone what only looks like a card: %j', (text) => {
    expect(found('payment-card', text)).toEqual([]);
  });
});
