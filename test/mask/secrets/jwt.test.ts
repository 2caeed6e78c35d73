import { describe, expect, it } from 'vitest';
import { BASE64URL, base64url, drawn } from './drawn.ts';
import { found } from './found.ts';

const claims = base64url({ sub: '1234567890', name: 'Ana' });
const signature = drawn(BASE64URL, 43);
const signed = (header: unknown) => `${base64url(header)}.${claims}.${signature}`;

describe('jwt', () => {
  it.each([
    ['signed', signed({ alg: 'HS256', typ: 'JWT' })],
    ['of any order of members', signed({ typ: 'JWT', kid: 'a', alg: 'ES256' })],
    ['with blanks in its header', signed('{ "alg": "RS256" }')],
    ['with lines in its header', signed('{\n  "alg": "RS256"\n}')],
    ['with lines of Windows', signed('{\r\n  "alg": "RS256"\r\n}')],
    ['with a certificate', signed({ alg: 'RS256', x5c: [drawn(BASE64URL, 3000)] })],
    ['unsecured', `${base64url({ alg: 'none' })}.${claims}.`],
    ['without its signature', `${base64url({ alg: 'HS256' })}.${claims}`],
    [
      'encrypted',
      [
        base64url({ alg: 'RSA-OAEP', enc: 'A256GCM' }),
        ...[2, 3, 4, 5].map((seed) => drawn(BASE64URL, 40, seed)),
      ].join('.'),
    ],
    [
      'encrypted with a key agreed on',
      `${base64url({ alg: 'dir', enc: 'A256GCM' })}..${drawn(BASE64URL, 16)}.${claims}.${drawn(BASE64URL, 22)}`,
    ],
  ])('finds one %s, whole', (_, token) => {
    for (const [before, after] of [
      ['', ''],
      ['Bearer ', ''],
      ['"', '"'],
      ['token=', '&x'],
      ['\\n', '\\n'],
      ['(', ')'],
    ]) {
      expect(found('jwt', before + token + after)).toEqual([token]);
    }
  });

  it('leaves the full stop that ends a sentence', () => {
    const token = signed({ alg: 'HS256' });
    expect(found('jwt', `Use ${token}. Then go on.`)).toEqual([token]);
  });

  it.each([
    ['a header that is no JSON', `eyJhbGciOi.${claims}.${signature}`],
    ['a header without alg', signed({ typ: 'JWT' })],
    ['a header whose alg is no text', signed({ alg: 1 })],
    ['a header alone', base64url({ alg: 'HS256' })],
    ['JSON in base64', base64url({ hello: 'world', more: [1, 2, 3] })],
    ['the middle of a longer text', `abc-${signed({ alg: 'HS256' })}`],
    ['a name', 'eyJust.a.name'],
  ])('leaves %s', (_, text) => {
    expect(found('jwt', text)).toEqual([]);
  });
});
