import { describe, expect, it } from 'vitest';
import { secrets } from '../../../src/mask/detectors/secrets/secrets.ts';
import { detectorsNamed } from '../../../src/mask/detectors.ts';
import { BASE64, BASE64URL, drawn, HEX, UPPER, WORD } from './drawn.ts';
import { foundByAll } from './found.ts';

const uuid = `${drawn(HEX, 8)}-${drawn(HEX, 4)}-${drawn(HEX, 4)}-${drawn(HEX, 4)}-${drawn(HEX, 12)}`;

describe('no detector of secrets finds anything in', () => {
  it.each([
    ['a commit', `commit ${drawn(HEX, 40)}`],
    ['a short commit', `${drawn(HEX, 7)} Fix the build`],
    ['an id', uuid],
    ['an ETag', `ETag: W/"${drawn(HEX, 5)}-${drawn(BASE64URL, 27)}"`],
    [
      'an entry of a lock file',
      `"resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz", "integrity": "sha512-${drawn(BASE64, 86)}=="`,
    ],
    ['go.sum', `golang.org/x/net v0.1.0 h1:${drawn(BASE64, 43)}=`],
    ['Cargo.lock', `checksum = "${drawn(HEX, 64)}"`],
    ['an image', `data:image/png;base64,iVBORw0KGgo${drawn(BASE64, 4000)}=`],
    ['a font', `url(data:font/woff2;base64,${drawn(BASE64, 4000)})`],
    [
      'minified code',
      '!function(e,t){"object"==typeof exports?t(exports):(e=e||self,t(e.key={}))}(this,function(e){var t={token:e.k,pass:1}});',
    ],
    [
      'a source map',
      `//# sourceMappingURL=data:application/json;base64,${btoa('{"version":3,"sources":["a.ts"]}')}`,
    ],
    ['classes of CSS', '<div class="sk-fading-circle sk-circle-12 key-frame-3 token-keyword">'],
    ['a public key', `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${drawn(BASE64, 43)} joe@example`],
    [
      'a certificate',
      `-----BEGIN CERTIFICATE-----\n${drawn(BASE64, 64)}\n-----END CERTIFICATE-----`,
    ],
    ['the token of an assembly', 'Culture=neutral, PublicKeyToken=30ad4fe6b2a6aeed'],
    ['packages that are called so', '"pgpass": "1.0.5", "pbkdf2-password": "^1.2.1"'],
    ['a type', 'declare function hash(password: TArg<KDFInput>, salt: TArg<KDFInput>)'],
    ['a name of code in Markdown', 'callers never pass `onRequestStreamEnd` here'],
    ['a fingerprint', `SHA256:${drawn(BASE64, 43)}`],
    ['a token of ours', `person-id:${drawn('0123456789abcdefghjkmnpqrstvwxyz', 16)}`],
    ['what was masked', 'password: [redacted:keyed-secret], Authorization: Bearer [redacted:jwt]'],
    ['an order number', `order ORD-2026-${drawn('0123456789', 8)}`],
    ['a tracking number', `1Z${drawn(UPPER, 16)}`],
    ['an ARN', 'arn:aws:iam::123456789012:role/deploy'],
    ['an address of a page', 'https://example.com/a/b?page=2&sort=name#key'],
    ['a query', 'SELECT id, password_hash FROM users WHERE token_id = ?'],
    ['settings of a model', 'max_tokens: 4096, top_k: 40, stop_token: </s>'],
    ['trace ids', `traceparent: 00-${drawn(HEX, 32)}-${drawn(HEX, 16)}-01`],
    ['an image of Docker', `registry.example.com/app@sha256:${drawn(HEX, 64)}`],
    ['a cursor', `{"nextCursor":"${drawn(WORD, 48)}","next_page_token":"${drawn(WORD, 48)}"}`],
  ])('%s', (_, text) => {
    expect(foundByAll(text)).toEqual([]);
  });
});

describe('the group', () => {
  it('names all detectors of secrets', () => {
    expect(detectorsNamed('secrets')).toEqual(secrets);
    for (const detector of secrets) expect(detectorsNamed(detector.name)).toEqual([detector]);
  });

  it('gives spans in order that do not overlap, of any text', () => {
    const texts = [
      'password=',
      'eyJ',
      'AKIA',
      '-----BEGIN PRIVATE KEY-----',
      '://a:b@',
      'token: ',
      '"key":',
    ];
    for (const part of texts) {
      const text = Array.from(
        { length: 200 },
        (_, i) => part + drawn(WORD, 20 + (i % 30), i + 1),
      ).join(' ');
      for (const { find } of secrets) {
        let end = 0;
        for (const span of find(text)) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeGreaterThan(span.start);
          end = span.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }
  });
});
