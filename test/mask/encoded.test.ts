import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { decode } from '../../src/mask/text/decode.ts';
import { TextLook } from '../../src/mask/text/text-look.ts';
import type { MaskObligation } from '../../src/model/decision.ts';
import { everything, fields, find, keep, testContext } from '../support/masks.ts';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const b64url = (text: string) => Buffer.from(text).toString('base64url');
const masked = (text: string, ...masks: MaskObligation[]) =>
  applyMasks(text, masks.length > 0 ? masks : [everything], {
    place: 'text',
    side: 'result',
    context: testContext,
  }).value;

describe('a value is found in its encoded form', () => {
  it.each([
    [
      'percent-encoding',
      'https://x.org/ joe%40example.com&b=1',
      'https://x.org/ [redacted:email]&b=1',
    ],
    ['percent-encoding of every letter', '%6A%6f%65%40%65%78.co%6D!', '[redacted:email]!'],
    ['percent-encoding twice', 'to joe%252540example.com', 'to [redacted:email]'],
    ['percent-encoded UTF-8', 'to jos%C3%A9%40example.com;', 'to [redacted:email];'],
    ["JavaScript's escape", 'joe%u0040example.com', '[redacted:email]'],
    ['HTML entities', '<td>joe&#64;example&period;com</td>', '<td>[redacted:email]</td>'],
    ['hexadecimal entities', 'joe&#x40;example.com', '[redacted:email]'],
    ['entities escaped again', 'joe&amp;amp;#64;example.com', '[redacted:email]'],
    ['an entity inside percent-encoding', 'joe%26%2364%3Bexample.com', '[redacted:email]'],
    ['full-width characters', '\uff4aoe\uff20example\uff0ecom', '[redacted:email]'],
    ['full-width digits', 'card \uff14111 1111 1111 1111', 'card [redacted:payment-card]'],
    ['digits of another script', '\u0664\u0661\u0661\u0661111111111111', '[redacted:payment-card]'],
    ['mathematical letters', '\u{1d423}oe@example.com', '[redacted:email]'],
    ['invisible characters in it', '4111\u200b1111\u206011111111', '[redacted:payment-card]'],
    ['escapes of other languages', 'joe\\x40example.com', '[redacted:email]'],
    [
      'escaped slashes and newlines',
      'a\\/joe\\u0040example.com\\nb',
      expect.stringMatching(/\[redacted:email\]\\nb$/),
    ],
  ])('%s', (_, text, expected) => {
    expect(masked(text)).toEqual(expected);
  });

  it('and all around it stays as it was written', () => {
    expect(masked('100%25 &amp; \\n joe%40example.com \uff01 &lt;')).toBe(
      '100%25 &amp; \\n [redacted:email] \uff01 &lt;',
    );
  });

  it.each(['100% sure', 'AT&T', 'C:\\new\\table', 'a+b=c', '%zz', '&nosuch;', 'caf\u00e9'])(
    '%j without anything stays the same text',
    (text) => expect(masked(text)).toBe(text),
  );

  it.each([
    ['a query', 'https://a.example/?q=4111+1111+1111+1111', true],
    ['a form', 'card=4111+1111+1111+1111&ok=1', true],
    ['a form that is encoded again', 'card%3D4111+1111+1111+1111', true],
    ['a long one', `x=${'y'.repeat(3_000)}&card=4111+1111+1111+1111`, true],
    ['a sum beside another assignment', 'a = 1; 41111111+11111111', false],
    ['base64 with its padding', 'sha512-41111111+11111111==', false],
  ])('a plus sign is a blank in %s: %j', (_, value, isBlank) => {
    expect(decode(value, new TextLook(value))?.text.includes('1 1') ?? false).toBe(isBlank);
  });

  it('what shows a part of it shows the decoded part, written so that the rest can be read', () => {
    expect(masked('joe%40example.com', find(['email'], keep(4, 3)))).toBe('joe@********com');
    expect(masked('ssn=a%2Bbcdefgh', fields(['ssn'], keep(3, 0)))).toBe('ssn=a%2Bb******');
  });

  it('a token stands for the value, not for the way it was written', () => {
    const token = { masker: 'token', scope: '', expires: 1 } as const;
    expect(masked('to joe%40example.com', find(['email'], token))).toBe(
      `to ${String(masked('joe@example.com', find(['email'], token)))}`,
    );
  });
});

describe('base64 inside text', () => {
  it.each([
    [
      'in prose',
      `see ${b64('mail joe@example.com!')} there`,
      `see ${b64('mail [redacted:email]!')} there`,
    ],
    ['in a header', `Basic ${b64('joe@example.com:pw')}`, `Basic ${b64('[redacted:email]:pw')}`],
    [
      'in a data: URI',
      `data:text/plain;base64,${b64('joe@example.com')}`,
      `data:text/plain;base64,${b64('[redacted:email]')}`,
    ],
    [
      'of the other alphabet',
      `t=${b64url('\u00ff? joe@example.com>')}`,
      `t=${b64url('\u00ff? [redacted:email]>')}`,
    ],
    [
      'in a path',
      `/api/v1/${b64('{"to":"joe@example.com"}')}`,
      `/api/v1/${b64('{"to":"[redacted:email]"}')}`,
    ],
    ['in base64', b64(`x ${b64('joe@example.com')} y`), b64(`x ${b64('[redacted:email]')} y`)],
    ['percent-encoded', encodeURIComponent(b64('to joe@example.com')), b64('to [redacted:email]')],
  ])('%s is opened, masked and closed again', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it('with escaped slashes shows nothing', () => {
    const text = b64('>>>???joe@example.com').replaceAll('/', '\\/');
    const after = String(masked(text)).replaceAll('\\', '');
    expect(Buffer.from(after, 'base64').toString('latin1')).not.toContain('example');
  });

  it('in lines stays in lines', () => {
    const lines = (text: string) => (b64(text).match(/.{1,76}/g) ?? []).join('\r\n');
    const letter = (to: string) =>
      `${'words and words '.repeat(9)}to ${to} ${'and more '.repeat(9)}`;
    expect(masked(`-----\n${lines(letter('joe@example.com'))}\n-----`)).toBe(
      `-----\n${lines(letter('[redacted:email]'))}\n-----`,
    );
  });

  it.each([
    ['words', 'internationalization-administrators'],
    ['digests', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
    ['bytes', Buffer.from(Array.from({ length: 90 }, (_, i) => (i * 91) % 256)).toString('base64')],
    ['text without anything', b64('nothing to see here, really')],
  ])('that is %s stays', (_, text) => {
    expect(masked(text)).toBe(text);
  });
});

describe('a decoded view', () => {
  it.each([
    ['a%40b', 'a@b', [1, 2], '%40'],
    ['%E2%82%AC1', '\u20ac1', [0, 1], '%E2%82%AC'],
    ['x&amp;y', 'x&y', [0, 3], 'x&amp;y'],
    ['\\u0041\\u0042', 'AB', [1, 2], '\\u0042'],
    ['a\u200bb', 'ab', [0, 2], 'a\u200bb'],
    ['%2526lt;', '<', [0, 1], '%2526lt;'],
    ['\ufb01n', 'fin', [0, 1], '\ufb01'],
  ])('of %j knows where each part came from', (source, text, [start, end], part) => {
    const view = decode(source, new TextLook(source));
    expect(view?.text).toBe(text);
    const span = view?.source(start ?? 0, end ?? 0);
    expect(source.slice(span?.start, span?.end)).toBe(part);
  });
});
