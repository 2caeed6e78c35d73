import { describe, expect, it } from 'vitest';
import { BASE64, BASE64URL, drawn, HEX } from './drawn.ts';
import { found } from './found.ts';

const lines = [1, 2, 3].map((seed) => drawn(BASE64, 64, seed));
const kinds = [
  ...[
    'PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'DSA PRIVATE KEY',
  ],
  ...['OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK', 'ANY PRIVATE KEY'],
];
const block = (kind: string, end = '\n') =>
  [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`].join(end);
const putty = [
  'PuTTY-User-Key-File-3: ssh-ed25519',
  'Encryption: none',
  'Comment: joe',
  'Public-Lines: 1',
  lines[0],
  'Private-Lines: 1',
  lines[1],
  `Private-MAC: ${drawn(HEX, 64)}`,
].join('\n');

describe('private-key', () => {
  it.each(kinds)('finds a block of %s, whole, with what stands around it left', (kind) => {
    for (const end of ['\n', '\r\n', '\\n', '\\r\\n', '\\\\n', ' ', '\n  ']) {
      const key = block(kind, end);
      expect(found('private-key', `key: "${key}", next`)).toEqual([key]);
    }
  });

  it('finds the form of SSH2', () => {
    const key = `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n${lines.join('\n')}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`;
    expect(found('private-key', `a\n${key}\nb`)).toEqual([key]);
  });

  it('finds every one of several blocks', () => {
    const [one, other] = [block('RSA PRIVATE KEY'), block('EC PRIVATE KEY')];
    expect(found('private-key', `${one}\n${other}\nend`)).toEqual([one, other]);
  });

  it('finds a key with headers before its lines', () => {
    const key = block('RSA PRIVATE KEY').replace(
      '-----\n',
      `-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${drawn(HEX, 32).toUpperCase()}\n\n`,
    );
    expect(found('private-key', key)).toEqual([key]);
  });

  it('takes all the rest where a block does not end', () => {
    const cut = block('PRIVATE KEY').slice(0, -40);
    expect(found('private-key', `x ${cut}`)).toEqual([cut]);
    expect(found('private-key', `x ${cut}\nand more`)).toEqual([`${cut}\nand more`]);
  });

  it.each([
    "text.includes('-----BEGIN PRIVATE KEY-----')",
    "const [a, b] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----'];",
    'A file begins with -----BEGIN RSA PRIVATE KEY----- and goes on for some lines of base64.',
    `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----`,
    `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----`,
    'PuTTY-User-Key-File-3 is the first word of the file.',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq0 joe@example',
  ])('leaves what is public, and talk of keys: %s', (text) => {
    expect(found('private-key', text)).toEqual([]);
  });

  it('finds a key of PuTTY up to its last line', () => {
    expect(found('private-key', `\n${putty}\nend`)).toEqual([putty]);
    const cut = putty.slice(0, putty.indexOf('Private-MAC'));
    expect(found('private-key', cut)).toEqual([cut]);
  });

  it('finds the private members of a JSON Web Key, in text and by their field', () => {
    const d = drawn(BASE64URL, 43);
    const jwk = `{"kty":"EC","crv":"P-256","x":"${drawn(BASE64URL, 43, 2)}","d":"${d}"}`;
    expect(found('private-key', jwk)).toEqual([d]);
    for (const field of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
      expect(found('private-key', d, field)).toEqual([d]);
    }
    expect(found('private-key', d, 'x')).toEqual([]);
    expect(found('private-key', 'a day like any other', 'd')).toEqual([]);
  });
});
