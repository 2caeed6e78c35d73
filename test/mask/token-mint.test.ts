import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenMint } from '../../src/mask/token/token-mint.ts';
import { findTokens, isTokenText } from '../../src/mask/token/token-text.ts';
import type { TokenSpec } from '../../src/model/decision.ts';
import { type Json, parseJson } from '../../src/model/json.ts';
import { testContext } from '../support/masks.ts';

const spec: TokenSpec = { masker: 'token', scope: '', expires: 1_000 };
const other = { key: createSecretKey(new Uint8Array(32).fill(1)), owner: testContext.owner };

function tokenOf(value: Json, given: Partial<TokenSpec> = {}, context = testContext, label = 'x') {
  return new TokenMint(context).mint(value, label, { ...spec, ...given });
}

describe('a token', () => {
  it('is a label, a colon and 16 digits of base 32', () => {
    expect(tokenOf('a', {}, testContext, 'person-id')).toMatch(
      /^person-id:[0-9a-hjkmnp-tv-z]{16}$/,
    );
    expect(isTokenText(tokenOf('a'))).toBe(true);
  });

  it('stays the same, so that what was kept can be found after an update', () => {
    const owner = 'https://idp\nana';
    expect(
      tokenOf('078-05-1120', {}, { key: createSecretKey(new Uint8Array(32)), owner }, 'us-ssn'),
    ).toBe('us-ssn:g9ch46k2tnxdr0zc');
  });

  it('is the same for the same value, and remembered once', () => {
    const mint = new TokenMint(testContext);
    expect(mint.mint('a', 'x', spec)).toBe(mint.mint('a', 'x', spec));
    expect(mint.minted).toEqual([
      { token: tokenOf('a'), value: 'a', label: 'x', scope: '', expires: 1_000 },
    ]);
  });

  it.each([
    ['value', tokenOf('b')],
    ['type', tokenOf(1)],
    ['scope', tokenOf('1', { scope: 'crm' })],
    ['key', tokenOf('1', {}, other)],
    ['owner', tokenOf('1', {}, { ...testContext, owner: 'https://idp\nbob' })],
  ])('is another for another %s', (_, token) => {
    expect(token).not.toBe(tokenOf('1'));
  });

  it('has other digits under another label', () => {
    const [, one] = tokenOf('a').split(':');
    const [, two] = tokenOf('a', { label: 'y' }).split(':');
    expect(one).not.toBe(two);
  });

  it.each([
    ['salary', 'salary'],
    ['Salary', 'salary'],
    ['First Name', 'first-name'],
    ['a'.repeat(33), 'value'],
    ['größe', 'value'],
    ['', 'value'],
  ])('of what is called "%s" is called %s', (name, label) => {
    expect(tokenOf('a', {}, testContext, name)).toMatch(new RegExp(`^${label}:`));
  });

  it('is called as the policy says', () => {
    expect(tokenOf('a', { label: 'person' })).toMatch(/^person:/);
  });

  it('keeps what it stands for as it is', () => {
    const mint = new TokenMint(testContext);
    const values = [4200, parseJson('12345678901234567890'), { a: [1] }, 'text', true];
    for (const value of values) mint.mint(value, 'x', spec);
    expect(mint.minted.map(({ value }) => value)).toEqual(values);
  });

  it('never stands for more than a message can bring: past 10,000 values are redacted', () => {
    const mint = new TokenMint(testContext);
    const made = Array.from({ length: 10_010 }, (_, i) => mint.mint(i, 'x', spec));
    expect(mint.minted).toHaveLength(10_000);
    expect(made.slice(10_000).every((text) => text === '[redacted:x]')).toBe(true);
    expect(mint.mint(1, 'x', spec)).toBe(made[1]);
  });

  it('never stands for a value that is too large to be kept', () => {
    const mint = new TokenMint(testContext);
    expect(mint.mint('a'.repeat(20_000), 'x', spec)).toBe('[redacted:x]');
    expect(mint.minted).toEqual([]);
  });

  it('never has the value in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 5 }), (value) => {
        expect(tokenOf(value)).not.toContain(value);
      }),
    );
  });
});

describe('a text', () => {
  const token = 'person-id:0123456789abcdef';
  it.each([
    ['a token alone', token, [token]],
    ['among words', `call ${token}, now`, [token]],
    ['in quotes', `{"id":"${token}"}`, [token]],
    ['after another colon', `mailto:${token}`, [token]],
    ['two beside each other', `${token} ${token}`, [token, token]],
    ['with a digit too many', `${token}a`, []],
    ['with a digit too few', token.slice(0, -1), []],
    ['with a letter that is none of its digits', 'id:0123456789abcdeu', []],
    ['in upper case', token.toUpperCase(), []],
    ['with an underscore at its end', `${token}_`, []],
    ['with a letter before it', `X${token}`, []],
    ['without a label', ':0123456789abcdef', []],
    ['with a label that is too long', `${'a'.repeat(33)}:0123456789abcdef`, []],
    [
      'with the longest label',
      `${'a'.repeat(32)}:0123456789abcdef`,
      [`${'a'.repeat(32)}:0123456789abcdef`],
    ],
    ['after a blank of a URL', `a%20${token}`, [token]],
    ['of nothing', '', []],
    ['of colons', '::::', []],
  ])('%s', (_, text, found) => {
    expect(findTokens(text).map(({ start, end }) => text.slice(start, end))).toEqual(found);
  });

  it('has each token that was put into it, between anything', () => {
    const words = fc.constantFrom(' ', ', ', '"', '/', '(', '\n', 'ü ');
    fc.assert(
      fc.property(fc.array(fc.tuple(words, fc.string({ maxLength: 9 }))), (parts) => {
        const tokens = parts.map(([, value]) => tokenOf(value));
        const text = parts.map(([word], i) => `${word}${tokens[i]}`).join(' ');
        expect(findTokens(text).map(({ start, end }) => text.slice(start, end))).toEqual(tokens);
      }),
    );
  });
});
