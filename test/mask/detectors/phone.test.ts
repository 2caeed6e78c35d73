import fc from 'fast-check';
import { isValidPhoneNumber } from 'libphonenumber-js/min';
import { describe, expect, it } from 'vitest';
import { isInternational } from '../../../src/mask/detectors/phone/phone-plan.ts';
import { found } from './found.ts';

describe('phone', () => {
  it.each([
    ['+49 151 12345678', ['+49 151 12345678']],
    ['call +1 (415) 555-2671 ext. 12 now', ['+1 (415) 555-2671 ext. 12']],
    ['+44 (0)20 7946 0958', ['+44 (0)20 7946 0958']],
    ['(+49) 30 901820 or +(49) 30 901821', ['(+49) 30 901820', '+(49) 30 901821']],
    ['tel:+14155552671', ['+14155552671']],
    ['0049 151 12345678 2026-11-21', ['0049 151 12345678']],
    ['\\n+14155552671', ['+14155552671']],
    ['+1 415 555 2671 1234', ['+1 415 555 2671']],
    ['+49\u00a0151\u2011123\u200b45678', ['+49\u00a0151\u2011123\u200b45678']],
    ['(415) 555-2671', ['(415) 555-2671']],
    ['2026-11-21 415-555-2671', ['415-555-2671']],
    ['415.555.2671x22', ['415.555.2671x22']],
    ['030 1234567', ['030 1234567']],
    ['\u0442\u0435\u043b. 8 (912) 345-67-89', ['8 (912) 345-67-89']],
    ['Tel.: 0151/12345678, Durchwahl 12', ['0151/12345678, Durchwahl 12']],
    ['Mobile: 07700 900123, fax: 020 7946 0000', ['07700 900123', '020 7946 0000']],
    ['t\u00e9l : 612345678', ['612345678']],
    ['numer_telefonu: 512-477-240', ['512-477-240']],
    ['call me at 2125550100', ['2125550100']],
    ['\u624b\u673a\u53f713812345678', ['13812345678']],
    ['\u7535\u8bdd\uff1a010-12345678', ['010-12345678']],
    ['{"phone":"5551234","order":"5551235"}', ['5551234']],
    ['{"mobileNo":3389555160}', ['3389555160']],
    ['name,phone\nAna,612345678\nJoe,612345679', ['612345678', '612345679']],
  ])('finds in %j', (text, expected) => {
    expect(found('phone', text)).toEqual(expected);
  });

  it.each([
    'phone',
    'contactPhone',
    'tel',
    'fax_number',
    'mobile',
    'telefon',
    'T\u00e9l\u00e9fono',
  ])('finds a national number in a field called %s', (field) =>
    expect(found('phone', '5551234', field)).toEqual(['5551234']),
  );

  it.each([
    '5551234',
    '2125550100',
    '1700000000',
    '1700000000123',
    'order 415-555-2671',
    'order no. 030 1234567',
    '2026-11-21 12:30:00',
    '2024-01-01T00:00:00+01:00',
    'UTC+0100',
    '10.0.0.1',
    'version 1.2.3.4567',
    '3.14159265358',
    '1.234.567 EUR',
    '48.858370, 2.294481',
    '4111 1111 1111 1111',
    'DE89 3704 0044 0532 0130 00',
    '550e8400-e29b-41d4-a716-446655440000',
    '9fceb02d0ae598e95dc970b74767f19372d61af8',
    '12 34 56 78 90 12 34 56 78',
    '+9999999999999',
    '+49 12',
    '000012345678',
    '978-3-16-148410-0',
    'call me on 2026-11-21 at 12:30',
    'phone 12.5',
    'x = a+4155552671',
    '1-800-FLOWERS',
    'Date: Fri May 20 15:38:08 2011 -0700',
    'Boston, MA 02110-1301 USA',
    '<Buffer a0 8b 28 3f 01 00 00 00 50 32>',
  ])('finds nothing in %j', (text) => {
    expect(found('phone', text)).toEqual([]);
  });

  it('takes international numbers for valid where libphonenumber does', () => {
    const code = fc.constantFrom(
      '1',
      '7',
      '33',
      '34',
      '39',
      '44',
      '49',
      '52',
      '54',
      '55',
      '81',
      '86',
      '91',
      '358',
      '971',
      '800',
      '999',
      '210',
    );
    const rest = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 4, maxLength: 13 });
    fc.assert(
      fc.property(code, rest, (first, digits) => {
        // The library also reads a trunk prefix after the code; here only the zero is passed over.
        fc.pre(!/^[0189]/.test(digits));
        if (isValidPhoneNumber(`+${first}${digits}`))
          expect(isInternational(first + digits)).toBe(true);
      }),
    );
  });

  it.each([
    '+1',
    '+4915112345678 ',
    '12 34 56 ',
    '1 ',
    'tel 0301234567 ',
    '(1',
    '(',
    '1-',
    '+(',
    'call 1',
    '0.',
  ])('takes linear time on %j, repeated', (part) => {
    expect(found('phone', part.repeat(100_000)).length).toBeLessThanOrEqual(100_000);
  });
});
