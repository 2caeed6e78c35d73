import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectorGroups, detectors, detectorsNamed } from '../../src/mask/detectors.ts';
import { cardNumber, emailAddress } from '../support/secrets.ts';

function found(name: string, text: string): string[] {
  const spans = detectors.get(name)?.find(text) ?? [];
  return spans.map(({ start, end }) => text.slice(start, end));
}

describe('email', () => {
  it.each([
    ['joe@example.com', ['joe@example.com']],
    ['Joe.Bloggs+tag@mail.example.co.uk', ['Joe.Bloggs+tag@mail.example.co.uk']],
    ['<joe@example.com>, "ann@example.org";', ['joe@example.com', 'ann@example.org']],
    ['mailto:joe@example.com?subject=x', ['joe@example.com']],
    ['Write to joe@example.com.', ['joe@example.com']],
    ['Write to joe@example.com...or not', ['joe@example.com']],
    ['joe@example.com.2 more', ['joe@example.com']],
    ["'joe@example.com's", ['joe@example.com']],
    ['j\u00fcrgen@b\u00fccher.example', ['j\u00fcrgen@b\u00fccher.example']],
    ['\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a', ['\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a']],
    ['joe@xn--bcher-kva.example', ['joe@xn--bcher-kva.example']],
    ['a@b.co,c@d.co', ['a@b.co', 'c@d.co']],
    ['joe@example.com@evil.org', ['joe@example.com']],
    ['git@example.com, joe@example.com: hi', ['git@example.com', 'joe@example.com']],
    ['joe@example.xn--p1ai', ['joe@example.xn--p1ai']],
    ["o'neil_{x}@example.com", ["o'neil_{x}@example.com"]],
    ['\\njoe@example.com\\n', ['njoe@example.com']],
    ['user=joe@example.com&x', ['joe@example.com']],
    ['ADMIN_EMAIL=joe@example.com', ['joe@example.com']],
    ['https://x.test/?u=joe@example.com', ['joe@example.com']],
    ['https://joe@x.test/p?m=ana@x.test', ['joe@x.test', 'ana@x.test']],
    ['bounce+joe=example.com@lists.example', ['bounce+joe=example.com@lists.example']],
  ])('finds in %j', (text, expected) => {
    expect(found('email', text)).toEqual(expected);
  });

  it.each([
    '',
    '@',
    'joe@',
    '@example.com',
    'joe@localhost',
    'joe @ example.com',
    'joe@example',
    'joe@.com',
    'joe@-example.com',
    'joe@example.1',
    'joe@1.2.3.4',
    '@@@@',
    'npm i @scope/package.name',
    'user@host:22',
    'a\u0040',
    'meet @ 5.30pm',
    'mysql://app:secret@db.example.com:3306/x',
    'https://user:joe@example.com/',
    'git clone git@example.com:team/app.git',
    'icon@2x.png',
    'type@Schema.column1',
  ])('finds nothing in %j', (text) => {
    expect(found('email', text)).toEqual([]);
  });

  it('finds any address between blanks, whole', () => {
    fc.assert(
      fc.property(emailAddress, (address) => {
        expect(found('email', `to ${address} now`)).toEqual([address]);
      }),
    );
  });

  it.each(['a@', '@', '@a.', 'a@a.a', 'a.', '@-', 'a@a'])(
    'takes linear time on %j, repeated',
    (part) => {
      expect(found('email', part.repeat(100_000)).length).toBeLessThanOrEqual(100_000);
    },
  );
});

describe('payment-card', () => {
  it.each([
    ['4111111111111111', ['4111111111111111']],
    ['4111 1111 1111 1111', ['4111 1111 1111 1111']],
    ['4111-1111-1111-1111', ['4111-1111-1111-1111']],
    ['Amex 3782 822463 10005.', ['3782 822463 10005']],
    ['5555555555554444/12-28', ['5555555555554444']],
    ['2223003122003222', ['2223003122003222']],
    ['3530111333300000', ['3530111333300000']],
    ['6011111111111117', ['6011111111111117']],
    ['30569309025904', ['30569309025904']],
    ['4222222222222', ['4222222222222']],
    ['PAN4111111111111111X', ['4111111111111111']],
    ['4111111111111111 2028', ['4111111111111111']],
    ['12 4111 1111 1111 1111', ['4111 1111 1111 1111']],
    ['4111111111111111,5555555555554444', ['4111111111111111', '5555555555554444']],
    [
      'id 7, 4111 1111 1111 1111 5555 5555 5555 4444',
      ['4111 1111 1111 1111', '5555 5555 5555 4444'],
    ],
  ])('finds in %j', (text, expected) => {
    expect(found('payment-card', text)).toEqual(expected);
  });

  it.each([
    '',
    '4111111111111112',
    '411111111111111',
    '41111111111111111111',
    '1234567812345670',
    '9999999999999995',
    '4111  1111  1111  1111',
    '4111 1111 1111',
    '2026-01-01 12:00:00.000',
    '+49 151 23456789',
    '0000000000000000',
    '550e8400-e29b-41d4-a716-446655440000',
    '41111111.11111111',
  ])('finds nothing in %j', (text) => {
    expect(found('payment-card', text)).toEqual([]);
  });

  it('finds any card number between blanks, however it is grouped', () => {
    fc.assert(
      fc.property(cardNumber, fc.constantFrom('', ' ', '-'), (digits, separator) => {
        const written = digits.replace(/(\d{4})(?=\d)/g, `$1${separator}`);
        expect(found('payment-card', `a ${written} b`)).toEqual([written]);
        const wrong = String((Number(digits.at(-1)) + 1) % 10);
        expect(found('payment-card', digits.slice(0, -1) + wrong)).toEqual([]);
      }),
    );
  });

  it.each(['1', '4 ', '4-', '1111 ', '4111111111111112 '])(
    'takes linear time on %j, repeated',
    (part) => {
      expect(found('payment-card', part.repeat(50_000)).length).toBeLessThanOrEqual(50_000);
    },
  );
});

it('gives spans in order that do not overlap', () => {
  const text = fc.array(
    fc.oneof(emailAddress, cardNumber, fc.constantFrom('@', '.', ' ', '-', '1', 'a')),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...detectors.values()), (parts, { find }) => {
      const joined = parts.join('');
      let end = 0;
      for (const span of find(joined)) {
        expect(span.start).toBeGreaterThanOrEqual(end);
        expect(span.end).toBeGreaterThan(span.start);
        expect(span.end).toBeLessThanOrEqual(joined.length);
        end = span.end;
      }
    }),
  );
});

describe('what a detector needs', () => {
  const part = fc.oneof(
    emailAddress,
    cardNumber,
    fc.constantFrom(
      'ssn ',
      '536-22-8726',
      'AB123456C',
      'SIN 046454286',
      'RSSMRA85T10A562S',
      'S1234567D',
      'tel 5551234',
      '+4915112345678',
      '::1',
      '10.0.0.1',
      '1.2.3.4',
      'aa:bb:cc:dd:ee:ff',
      'ab-cd-ef-ab-cd-ef',
      'mac 0011deadbeef',
      'DE89370400440532013000',
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
      'passport C01X00T47',
      '12345678Z',
      'a@b.co',
      'BOXW310820HNERXN09',
      '131052-308T',
      'password: hunter2',
      'Joe Bloggs',
      ' ',
      '\n',
      '"',
      ':',
      '\u200b',
      '-',
    ),
  );

  it('is never missing from a text in which it finds something: the prefilter loses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 4 }),
        fc.option(fc.constantFrom('ssn', 'phone', 'mac', 'passport', 'password'), {
          nil: undefined,
        }),
        (parts, field) => {
          const text = parts.join('');
          for (const { name, needs = {}, find } of detectors.values()) {
            if (find(text, field).length === 0) continue;
            expect(text.length, name).toBeGreaterThanOrEqual(needs.length ?? 0);
            expect(text.replace(/\D/g, '').length, name).toBeGreaterThanOrEqual(needs.digits ?? 0);
            const characters = [...(needs.characters ?? '')];
            if (characters.length > 0) {
              expect(
                characters.some((one) => text.includes(one)),
                name,
              ).toBe(true);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('groups', () => {
  it.each([
    ['contact', ['email', 'phone', 'postal-address']],
    ['financial', ['payment-card', 'iban', 'crypto-wallet']],
    ['network', ['ip-address', 'mac-address']],
  ])('%s is %j', (group, names) => {
    expect(detectorsNamed(group).map(({ name }) => name)).toEqual(names);
  });

  it('hold only what is built in, under names that no detector has; one holds everything', () => {
    for (const [group, members] of detectorGroups) {
      expect(detectors.has(group)).toBe(false);
      for (const one of members) expect(detectors.get(one.name)).toBe(one);
    }
    expect(detectorsNamed('everything')).toEqual([...detectors.values()]);
    expect(detectorsNamed('person-id').map(({ name }) => name)).toContain('us-ssn');
    expect(detectorsNamed('no-such-name')).toEqual([]);
  });
});
