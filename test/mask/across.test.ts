import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextStream } from '../../src/mask/across/across.ts';
import { TextMasks } from '../../src/mask/across/text-masks.ts';
import type { MaskObligation } from '../../src/model/decision.ts';
import { find, keep, testContext } from '../support/masks.ts';

const masksOf = (masks: readonly MaskObligation[]) =>
  new TextMasks(masks, { context: testContext }, 'message');

/** A text as it comes out when it is masked at once. */
function whole(text: string, masks: readonly MaskObligation[]): string {
  const { find: findIn } = masksOf(masks);
  let out = '';
  let done = 0;
  for (const { start, end, put } of findIn(text)) {
    out += text.slice(done, start) + put();
    done = end;
  }
  return out + text.slice(done);
}

/** What leaves after each piece, and at the end. */
function streamed(pieces: readonly string[], masks: readonly MaskObligation[]): string[] {
  const stream = new TextStream();
  const found = masksOf(masks);
  const out = pieces.map((piece) => stream.push(piece, found.find, found.reach));
  return [...out, stream.end(found.find)];
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((one) => one % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index]));
}

const values = [
  'eve.secret@example.org',
  'first.last+tag@sub.example.co.uk',
  '4111 1111 1111 1111',
  '5500-0000-0000-0004',
  '4111111111111111',
];
const words = [
  'the',
  'customer',
  'paid',
  'at 12:30,',
  'order 4711',
  'for',
  'R2-D2.',
  '\n',
  'naïve',
  '客户',
  '123',
];
const cards = find(['payment-card', 'email']);
const masksOfReach: [string, readonly MaskObligation[]][] = [
  ['run', [find(['email'])]],
  ['groups', [cards]],
  ['words', [find(['email', 'payment-card', 'secrets'])]],
  ['two maskers', [cards, find(['email'], keep(2, 0))]],
];

describe.each(masksOfReach)('a text in pieces, reach: %s', (_, masks) => {
  const planted = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...values)), { maxLength: 30 })
    .map((parts) => parts.join(' '));
  const cuts = fc.array(fc.nat(), { maxLength: 12 });

  it('comes out as the masked whole, wherever it was cut', () => {
    fc.assert(
      fc.property(planted, cuts, (text, at) => {
        expect(streamed(cut(text, at), masks).join('')).toBe(whole(text, masks));
      }),
      { numRuns: 300 },
    );
  });

  it('never shows four characters of the beginning of a value', () => {
    fc.assert(
      fc.property(planted, cuts, (text, at) => {
        const hidden = whole(text, masks);
        const shown: string[] = [];
        for (const out of streamed(cut(text, at), masks)) {
          shown.push(out);
          // What leaves is a beginning of what the whole becomes.
          expect(hidden.startsWith(shown.join(''))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a text in pieces', () => {
  const masks = [find(['email'])];

  it('waits with its last word only', () => {
    expect(streamed(['I ask eve', '.secret@exam', 'ple.org, who'], masks)).toEqual([
      'I ask ',
      '',
      '[redacted:email], ',
      'who',
    ]);
  });

  it('waits with groups of a number, and not with the words before', () => {
    const [first, second] = streamed(
      ['customer 12 paid by 4111 1111', ' 1111 1111 today'],
      [cards],
    );
    expect(first).toBe('customer 12 paid ');
    expect(second).toContain('by [redacted:payment-card] ');
  });

  it('is not held where nobody writes blanks', () => {
    expect(streamed(['客户的姓名是'], masks)).toEqual(['客户的姓名是', '']);
  });

  it('holds a bounded part of a run that goes on for ever', () => {
    const run = 'x'.repeat(10_000);
    const [first, rest] = streamed([run], masks);
    expect(first?.length).toBe(10_000 - 4_096);
    expect(`${first}${rest}`).toBe(run);
  });

  it('holds a private key until its end, however it is cut', () => {
    const body = Array.from({ length: 25 }, (_, i) =>
      `${i}MIIEowIBAAKCAQEAx7Qp4c3mKQdzyDpQ5b8rXn2kq`.slice(0, 40),
    );
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${body.join('\n')}\n-----END RSA PRIVATE KEY-----`;
    const text = `the key is\n${key}\nand that was it`;
    const secrets = [find(['secrets'])];
    for (const size of [1, 7, 64, 500]) {
      const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
      expect(streamed(pieces, secrets).join('')).toBe(whole(text, secrets));
    }
  });

  it('never lets go of the inside of a key that does not end', () => {
    const line = () =>
      `${Math.random().toString(36).slice(2)}MIIEowIBAAKCAQEAx7Qp4c3mKQdzyDpQ`.slice(0, 40);
    const lines = Array.from({ length: 900 }, line);
    const pieces = ['see\n-----BEGIN PRIVATE KEY-----\n', ...lines.map((one) => `${one}\n`)];
    const shown = streamed(pieces, [find(['secrets'])]).join('');
    expect(lines.filter((one) => shown.includes(one.slice(4, 20)))).toEqual([]);
    expect(shown.startsWith('see\n')).toBe(true);
    expect(shown.length).toBeLessThan(500);
  });

  it('that goes on after a pause shows no more of a finding', () => {
    const stream = new TextStream();
    const found = masksOf(masks);
    const out = [
      stream.push('ask eve.secret@exam', found.find, found.reach),
      stream.end(found.find),
      stream.push('ple.org again ', found.find, found.reach),
    ];
    expect(out).toEqual(['ask ', 'eve.secret@exam', '[redacted:email] again ']);
  });

  it('counts each finding once', () => {
    const stream = new TextStream();
    const found = masksOf(masks);
    for (const piece of ['a eve@example', '.org b ', 'bob@example.org', ' c']) {
      stream.push(piece, found.find, found.reach);
    }
    stream.end(found.find);
    expect(found.reports()).toMatchObject([{ what: 'email', count: 2, places: ['message'] }]);
  });
});
