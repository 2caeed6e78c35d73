import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyFrom } from '../config/key-source.ts';
import { keyInFile, keyInFileOrNew } from '../config/key-source-file.ts';
import type { KeyKind } from '../config/key-source-kind.ts';
import type { KeySource } from '../config/schema/transcripts-schema.ts';
import { GateError, messageOf } from '../model/errors.ts';
import { newProofKey, publicPemOf, signerOf } from '../store/proof/proof-key.ts';

const kind: KeyKind<string> = {
  name: 'key of the proof',
  code: 'TRANSCRIPT_KEY',
  form: 'an Ed25519 private key in PEM (PKCS #8)',
  hint: 'put the right key back, or take the file away: a new one is made then',
  parse(text) {
    try {
      signerOf(text);
      return text;
    } catch {
      return undefined;
    }
  },
};

/**
 * The key that signs what is recorded, in PEM. Where none is configured the file beside the database is made.
 * `proof.pub` beside the database gets its public key, after those of keys that signed before.
 *
 * @returns a rejection (GateError TRANSCRIPT_KEY) where it can't be had
 */
export async function proofKey(
  source: KeySource | undefined,
  database: string,
  base: string,
): Promise<string> {
  const folder = dirname(database);
  const key = source
    ? await keyFrom(source, kind, base)
    : keyInFileOrNew(join(folder, 'proof.key'), kind, newProofKey);
  addPublic(join(folder, 'proof.pub'), publicPemOf(key));
  return key;
}

/** Public keys of all that have signed, in PEM, as they stand beside the database. */
export function publicKeysBeside(database: string): string {
  return textOf(join(dirname(database), 'proof.pub'));
}

/**
 * The same for whoever comes after the gate: nothing is made.
 *
 * @returns undefined where there is none; a rejection (GateError TRANSCRIPT_KEY) where it can't be had
 */
export async function proofKeyThere(
  source: KeySource | undefined,
  database: string,
  base: string,
): Promise<string | undefined> {
  if (source) return keyFrom(source, kind, base);
  return keyInFile(join(dirname(database), 'proof.key'), kind);
}

function addPublic(path: string, pem: string): void {
  try {
    const there = textOf(path);
    if (!there.includes(pem.trim())) writeFileSync(path, pem, { flag: 'a', mode: 0o644 });
  } catch (cause) {
    const message = `cannot write the public key of the proof to ${path}: ${messageOf(cause)}`;
    throw new GateError('TRANSCRIPT_KEY', message, { cause });
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
