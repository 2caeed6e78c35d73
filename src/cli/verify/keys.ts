import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GateError, messageOf } from '../../model/errors.ts';
import { proofKeysOf } from '../../store/proof/proof-key.ts';
import type { Terminal } from '../verb.ts';

/** Public keys that a proof is verified by. */
export interface KeysToVerifyBy {
  /** One after the other. */
  readonly pem: string;
  /** Whether they were found beside the database, and so prove little to who does not trust its host. */
  readonly isFound: boolean;
}

/** Bytes of a file with keys. */
const MOST = 65_536;

/**
 * Reads the keys.
 *
 * @param given files; left out: `proof.pub` beside the database
 * @throws GateError PROOF_UNREADABLE
 */
export function keysToVerifyBy(
  given: readonly string[] | undefined,
  database: string,
  { cwd }: Terminal,
): KeysToVerifyBy {
  const isFound = given === undefined;
  if (isFound && database === '-') {
    throw unreadable('no key', 'name the public key with --key FILE');
  }
  const files = given?.map((file) => resolve(cwd, file)) ?? [join(dirname(database), 'proof.pub')];
  return { pem: files.map((file) => read(file, isFound)).join('\n'), isFound };
}

function read(file: string, isFound: boolean): string {
  const hint = isFound
    ? 'name the public key with --key FILE'
    : 'it is the file proof.pub that the gate wrote beside its database, or a copy of it';
  try {
    if (statSync(file).size > MOST) throw new Error('it is too large');
    const text = readFileSync(file, 'utf8');
    proofKeysOf(text);
    return text;
  } catch (cause) {
    throw unreadable(`cannot use the key ${file}: ${messageOf(cause)}`, hint);
  }
}

function unreadable(message: string, hint: string): GateError {
  return new GateError('PROOF_UNREADABLE', message, { hint });
}
