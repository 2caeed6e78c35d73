import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** Digits of what a key is called. */
const NAME = 16;
/** Keys that are read from one text. */
const MAX_KEYS = 1_000;
const PUBLIC_KEY = /-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{1,1000}-----END PUBLIC KEY-----/g;

/** Signs blocks. */
export interface Signer {
  readonly name: string;
  /** @param link 32 bytes */
  sign(link: Uint8Array): Buffer;
  /** Whether a signature is of this key. */
  hasSigned(link: Uint8Array, signature: Uint8Array): boolean;
}

/** Public keys by the names that blocks have them by. */
export type ProofKeys = ReadonlyMap<string, KeyObject>;

/**
 * The signer of a private key.
 *
 * @param pem Ed25519, PKCS #8
 * @throws Error what is wrong with it; the message has nothing of the key
 */
export function signerOf(pem: string): Signer {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // What a parser says of a secret may quote it.
    throw new Error('it is no private key in PEM, or has a passphrase');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is not an Ed25519 key');
  const publicKey = createPublicKey(key);
  return {
    name: nameOf(publicKey),
    sign: (link) => sign(null, link, key),
    hasSigned: (link, signature) => verify(null, link, publicKey, signature),
  };
}

/** What a public key is called: the beginning of the SHA-256 of its DER form (RFC 8410). */
function nameOf(key: KeyObject): string {
  return hash('sha256', key.export({ type: 'spki', format: 'der' }), 'hex').slice(0, NAME);
}

/**
 * All public keys of a text in PEM.
 *
 * @throws Error where it has none, or one that is not an Ed25519 key
 */
export function proofKeysOf(text: string): ProofKeys {
  if (text.includes('PRIVATE KEY')) throw new Error('it is a private key; give the public one');
  const found = [...text.matchAll(PUBLIC_KEY)].slice(0, MAX_KEYS);
  if (found.length === 0) throw new Error('it has no public key in PEM');
  return new Map(
    found.map(([pem]) => {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is not an Ed25519 key');
      return [nameOf(key), key];
    }),
  );
}

/** The public key of a private one, in PEM. */
export function publicPemOf(pem: string): string {
  return createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();
}

/** A new private key in PEM. */
export function newProofKey(): string {
  return generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** Whether the key that a block names has signed its link; undefined where that key is not at hand. */
export function isSigned(
  keys: ProofKeys,
  signer: string,
  link: Uint8Array,
  signature: Uint8Array,
): boolean | undefined {
  const key = keys.get(signer);
  return key && verify(null, link, key, signature);
}
