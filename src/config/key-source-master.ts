import { dirname, join } from 'node:path';
import { keyFrom } from './key-source.ts';
import { keyInFile, keyInFileOrNew } from './key-source-file.ts';
import { newSecretText, secretKey } from './key-source-secret.ts';
import type { KeySource } from './schema/transcripts-schema.ts';

/** Where the master keys of a transcript database are. */
export interface MasterKeySources {
  /** Left out: `transcripts.key` beside the database. */
  readonly keys?: readonly KeySource[] | undefined;
  /** The database. */
  readonly database: string;
  /** Folder that relative paths of sources start from. */
  readonly base: string;
}

/** The first one seals, all of them open. */
type Keys = readonly [Buffer, ...Buffer[]];

/** What a master key of originals is. */
export const masterKeyKind = secretKey({
  name: 'master key of originals',
  code: 'TRANSCRIPT_KEY',
  hint: 'put the right key back; without it, the originals that it sealed can never be read',
});

/** The file with the master key where the configuration names none. */
export function defaultKeyFile(database: string): string {
  return join(dirname(database), 'transcripts.key');
}

/**
 * The master keys to seal with. Where none are configured the file beside the database is made.
 *
 * @returns a rejection (GateError TRANSCRIPT_KEY) where one can't be had
 */
export async function masterKeysToSeal(sources: MasterKeySources): Promise<Keys> {
  if (sources.keys) return configured(sources.keys, sources.base);
  const path = defaultKeyFile(sources.database);
  return [keyInFileOrNew(path, masterKeyKind, newSecretText)];
}

/**
 * The master keys to read with: nothing is made; undefined where none are configured, and none is beside the database.
 *
 * @returns a rejection (GateError TRANSCRIPT_KEY) where a configured one can't be had
 */
export async function masterKeysToOpen(sources: MasterKeySources): Promise<Keys | undefined> {
  if (sources.keys) return configured(sources.keys, sources.base);
  const key = keyInFile(defaultKeyFile(sources.database), masterKeyKind);
  return key && [key];
}

async function configured(sources: readonly KeySource[], base: string): Promise<Keys> {
  const keys = await Promise.all(sources.map((source) => keyFrom(source, masterKeyKind, base)));
  const [first, ...others] = keys;
  if (!first) throw new Error('there is at least one source');
  return [first, ...others];
}
