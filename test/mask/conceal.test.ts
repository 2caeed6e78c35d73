import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Concealer } from '../../src/mask/token/conceal.ts';
import { Needles } from '../../src/mask/token/needles.ts';
import { type Json, parseJson } from '../../src/model/json.ts';

const token = 'email:0123456789abcdef';
const hide = (value: Json, original: Json) =>
  new Concealer([{ token, value: original }]).conceal(value);

describe('what was given for a token', () => {
  const mail = 'ana+x@example.com';
  it.each([
    ['as it is', mail],
    ['in another case', mail.toUpperCase()],
    ['percent-encoded', encodeURIComponent(mail)],
    ['percent-encoded in lower case', encodeURIComponent(mail).toLowerCase()],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(mail))],
    ['with an entity for a sign', mail.replace('@', '&#64;')],
    ['with an escape for a sign', mail.replace('@', '\\u0040')],
    ['in entities', [...mail].map((one) => `&#${one.charCodeAt(0)};`).join('')],
    ['in hexadecimal digits', Buffer.from(mail).toString('hex')],
    ['in base64', Buffer.from(mail).toString('base64').replace(/=+$/, '')],
  ])('is a token again %s', (_, form) => {
    expect(hide({ content: [{ type: 'text', text: `it is ${form}.` }] }, mail)).toEqual({
      content: [
        { type: 'text', text: expect.stringMatching(/^it is email:0123456789abcdef.{0,2}\.$/) },
      ],
    });
  });

  it.each([
    ['4111111111111111', '4111-1111-1111-1111'],
    ['4111 1111 1111 1111', 'card 4111.1111\u20111111 1111'],
    ['+41 44 668 18 00', '+41 (44) 668-18-00'],
    ['+41446681800', 'tel:41 44 668 1800'],
    ['DE89370400440532013000', 'de89 3704 0044 0532 0130 00'],
    ['078-05-1120', '078051120'],
  ])('is a token again however its digits are grouped: %s as %s', (value, written) => {
    const shown = hide(`it is ${written}.`, value) as string;
    expect(shown).toContain(token);
    expect(shown.replace(token, '')).not.toMatch(/\d/);
  });

  it.each(['420,017', '420.017', "420'017", '420\u202f017', '420017.00'])(
    'is a token again with its thousands apart: %s',
    (written) => {
      expect(hide(`earns ${written} a year`, 420017)).toMatch(
        /^earns email:0123456789abcdef(?:\.00)? a year$/,
      );
    },
  );

  it('leaves numbers alone that only share digits with it', () => {
    const text = 'rows 1-5 of 20, 4111 of 1111 on 2024-01-31 (079 55)';
    expect(hide(text, '4111111111111111')).toBe(text);
  });

  it('takes memory that is bounded by its length, whatever it is', () => {
    const odd = (length: number, from: number) =>
      Array.from({ length }, (_, i) =>
        String.fromCharCode(0x4e00 + ((i * 7 + from * 13) % 20_000)),
      );
    for (const [count, length] of [
      [1, 32_768],
      [128, 256],
      [256, 128],
    ] as const) {
      const given = Array.from({ length: count }, (_, i) => {
        return { token: `x:${String(i).padStart(16, '0')}`, value: odd(length, i).join('') };
      });
      expect(new Concealer(given).size).toBeLessThan(1_600_000);
    }
  });

  it.each([0, 1, 2])(
    'is not to be read in the base64 of a text that has it after %i bytes',
    (n) => {
      const text = Buffer.from(`${'x'.repeat(n)}${mail}, and more`).toString('base64');
      const shown = hide(`data ${text}`, mail) as string;
      expect(shown).toContain(token);
      expect(Buffer.from(shown.slice(5).replace(token, ''), 'base64').toString()).not.toContain(
        'ana+x',
      );
    },
  );

  it.each<[string, Json, Json, Json]>([
    ['escaped in a text that is no JSON', 'see "a\\"b\\\\c"', 'a"b\\c', `see "${token}"`],
    ['in JSON inside a text', '{"n": 4200, "t": "x"}', 4200, `{"n":"${token}","t":"x"}`],
    ['hidden by escapes in JSON', '{"t":"an\\u0061x"}', 'anax', `{"t":"${token}"}`],
    ['hidden in the first of two members', '{"a":"anax","a":1}', 'anax', '{"a":1}'],
    ['as a number where it was a text', { n: 12345 }, '12345', { n: token }],
    ['as a text where it was a number', { n: '12345' }, 12345, { n: token }],
    ['as a name of a member', { anax: 1 }, 'anax', { [token]: 1 }],
    ['of three letters, as a word', 'Bob, bob and Bobby', 'Bob', `${token}, ${token} and Bobby`],
    ['in HTML', 'by R&amp;D &lt;x&gt;', 'R&D <x>', `by ${token}`],
    ['with other Unicode marks', 'cafe\u0301 x', 'caf\u00e9', `${token} x`],
    [
      'in what an object has that was given',
      { x: 'Anders' },
      { name: 'Anders', n: 7 },
      { x: token },
    ],
  ])('is a token again %s', (_, value, original, shown) => {
    expect(hide(value, original)).toEqual(shown);
  });

  it('is a token again as a number that no double holds', () => {
    const value = parseJson('{"n":12345678901234567890}');
    expect(hide(value, parseJson('12345678901234567890'))).toEqual({ n: token });
  });

  it('leaves all else the same value', () => {
    const value = { a: ['x', 1, null, true], b: '{"c": 1.0}' };
    expect(hide(value, mail)).toBe(value);
  });

  it('leaves a token alone whose label is like it', () => {
    expect(hide(`is ${token} email`, 'email')).toBe(`is ${token} ${token}`);
  });

  it('is found beside a token that has been put in its place', () => {
    const shown = hide(`mail:${token}`, 'mail:email') as string;
    expect(shown.toLowerCase()).not.toContain('mail:email:0');
  });

  it('leaves words of the protocol alone', () => {
    const place = { members: { type: 'word', id: 'wire' } } as const;
    const concealer = new Concealer([{ token, value: 'text' }]);
    expect(concealer.conceal({ type: 'text', id: 'text', t: 'text' }, place)).toEqual({
      type: 'text',
      id: 'text',
      t: token,
    });
  });

  it('looks into base64 that is text', () => {
    const place = { members: { blob: 'blob' } } as const;
    const blob = Buffer.from(`{"mail":"${mail}"}`).toString('base64');
    const concealer = new Concealer([{ token, value: mail }]);
    expect(concealer.conceal({ blob }, place)).toEqual({
      blob: Buffer.from(`{"mail":"${token}"}`).toString('base64'),
    });
  });

  it('is nowhere left of 4 characters or more, wherever it stands', () => {
    const original = fc
      .string({ unit: 'binary', minLength: 4, maxLength: 20 })
      .filter((s) => s.trim().length >= 4);
    const around = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(original, around, around, (value, before, after) => {
        const text = `${before}${value}${after}`;
        const inside = { [text]: [text, JSON.stringify({ text }), { text }] };
        const shown = JSON.stringify(hide(inside, value));
        const written = JSON.stringify(value).slice(1, -1).toLowerCase();
        fc.pre(!token.includes(value.toLowerCase()));
        expect(shown.toLowerCase()).not.toContain(written);
      }),
    );
  });
});

describe('needles', () => {
  it('cover all that a look for each of them would cover', () => {
    // More letters than a node looks through one by one.
    const word = fc.string({
      unit: fc.constantFrom(...'abAédefghijklmn'),
      minLength: 1,
      maxLength: 5,
    });
    const texts = fc.string({ unit: fc.constantFrom(...'abcÉdefghijklmn'), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), texts, (needles, text) => {
        const low = text.toLowerCase();
        const covered = (at: number) =>
          needles.some((needle) => {
            const one = needle.toLowerCase();
            for (let i = Math.max(0, at - one.length + 1); i <= at; i++) {
              if (low.startsWith(one, i)) return true;
            }
            return false;
          });
        const found = new Needles(needles).find(text);
        const marks = [...text].map((_, i) =>
          found.some(({ start, end }) => start <= i && i < end),
        );
        expect(marks).toEqual([...text].map((_, i) => covered(i)));
      }),
    );
  });
});
