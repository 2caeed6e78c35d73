import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKeyPair, privateKey, publicKey } from '../../src/config/pushed/push-key.ts';
import { Folder } from '../cli/terminal.ts';

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());
const at = (file: string) => join(folder.path, file);

describe('a key that signs bundles', () => {
  it('is the same, however the configuration has it', async () => {
    const { privatePem, publicPem } = newKeyPair();
    writeFileSync(at('k.pub'), publicPem);
    const key = createPublicKey(publicPem);
    const { x = '', kty = '', crv = '' } = key.export({ format: 'jwk' });
    const der = key.export({ format: 'der', type: 'spki' });
    const { kid } = await privateKey(privatePem);
    const ways = [
      'k.pub',
      x,
      Buffer.from(x, 'base64url').toString('base64'),
      der.toString('base64'),
    ];
    for (const way of [...ways, { kty, crv, x }]) {
      expect((await publicKey(way, at)).kid).toBe(kid);
    }
  });

  it.each([
    ['a file that is not there', 'nowhere.pub'],
    ['a file that is no key', 'text.pub'],
    ['a private key', 'private.pem'],
    ['a key of another kind', 'rsa.pub'],
    ['base64 of something else', 'A'.repeat(64)],
    ['a private JWK', { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43) }],
    ['a JWK of another kind', { kty: 'oct', k: 'AAAA' }],
  ])('is refused where it is %s', async (_what, given) => {
    writeFileSync(at('text.pub'), 'hello');
    writeFileSync(at('private.pem'), newKeyPair().privatePem);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
    writeFileSync(at('rsa.pub'), rsa.export({ format: 'pem', type: 'spki' }));
    await expect(publicKey(given, at)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('is refused for signing where it is public or of another kind', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const pem = ec.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const text of [newKeyPair().publicPem, pem, '']) {
      await expect(privateKey(text)).rejects.toMatchObject({ code: 'USAGE' });
    }
  });
});
