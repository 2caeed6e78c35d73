import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint } from 'jose';
import { GateError, messageOf } from '../../model/errors.ts';

/** An Ed25519 key with the name that signatures use for it: its JWK thumbprint (RFC 7638). */
export interface PushKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** What stands before the 32 bytes of an Ed25519 public key in its DER form (RFC 8410, section 4). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const BASE64 = /^[A-Za-z0-9+/_-]{43,}={0,2}$/;

/**
 * A public key as the configuration names it: a PEM file, base64 of its 32 bytes or of its DER form, or a JWK.
 *
 * @param pathOf what a file name leads to
 * @throws GateError CONFIG_INVALID
 */
export async function publicKey(
  given: string | Readonly<Record<string, string>>,
  pathOf: (file: string) => string,
): Promise<PushKey> {
  const what = typeof given === 'string' ? given : 'a JWK';
  try {
    return await named(typeof given === 'string' ? fromText(given, pathOf) : fromJwk(given));
  } catch (cause) {
    const hint =
      'name a PEM file with an Ed25519 public key, such as "sallyport push --new-key" makes';
    const message = `the key ${what} of policies.pushed cannot be used: ${messageOf(cause)}`;
    throw new GateError('CONFIG_INVALID', message, { hint, cause });
  }
}

/**
 * A private key in PEM (PKCS #8).
 *
 * @throws GateError USAGE
 */
export async function privateKey(pem: string): Promise<PushKey> {
  const hint = 'make one with "sallyport push --new-key FILE"';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // No cause: what a parser says of a secret may quote it.
    throw new GateError('USAGE', 'the key is no private key in PEM, or has a passphrase', { hint });
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new GateError('USAGE', 'the key is not an Ed25519 key', { hint });
  }
  return { kid: (await named(createPublicKey(key))).kid, key };
}

/** A new pair in PEM. */
export function newKeyPair(): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function fromText(text: string, pathOf: (file: string) => string): KeyObject {
  if (!BASE64.test(text)) {
    const pem = readFileSync(pathOf(text), 'utf8');
    if (pem.includes('PRIVATE KEY'))
      throw new Error('it is a private key; the gate needs the public one');
    return createPublicKey(pem);
  }
  const bytes = Buffer.from(text, 'base64');
  const der = bytes.length === 32 ? Buffer.concat([SPKI_HEAD, bytes]) : bytes;
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function fromJwk(jwk: Readonly<Record<string, string>>): KeyObject {
  if (jwk.d !== undefined) throw new Error('it is a private key; the gate needs the public one');
  return createPublicKey({ key: { ...jwk }, format: 'jwk' });
}

async function named(key: KeyObject): Promise<PushKey> {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is not an Ed25519 key');
  const { crv = '', x = '' } = key.export({ format: 'jwk' });
  return { kid: await calculateJwkThumbprint({ kty: 'OKP', crv, x }), key };
}
