import { resolve } from 'node:path';
import { masterKeysToOpen } from '../../config/key-source-master.ts';
import { GateError } from '../../model/errors.ts';
import type { MasterKeys } from '../../store/seal/master-keys.ts';
import { SqliteReader } from '../../store/sqlite/reader.ts';
import type { Terminal } from '../verb.ts';
import { configuredDatabase, configuredKeys } from './configured.ts';

/** Which database is meant. */
export interface Source {
  readonly config: string;
  /** Wins over the configuration. */
  readonly db?: string | undefined;
  /** Files with master keys; they win over the configuration. */
  readonly key?: readonly string[] | undefined;
}

/**
 * Whether originals are wanted: not at all; those that keys at hand open, with a word on standard error where there is
 * none; or not without a key.
 */
export type Originals = 'none' | 'if at hand' | 'needed';

/**
 * Opens the database that is meant, and closes it when `read` is done.
 *
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID, STORE_UNREADABLE, TRANSCRIPT_KEY
 */
export async function withTranscripts<Result>(
  source: Source,
  terminal: Terminal,
  read: (reader: SqliteReader) => Result | Promise<Result>,
  originals: Originals = 'none',
): Promise<Result> {
  const path = databasePath(source, terminal);
  const reader = new SqliteReader(path, { keys: await masterKeysOf(source, terminal, originals) });
  try {
    return await read(reader);
  } finally {
    reader.close();
  }
}

/**
 * The file of the database that is meant.
 *
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export function databasePath({ config, db }: Source, terminal: Terminal): string {
  return db === undefined ? configuredDatabase(config, terminal) : resolve(terminal.cwd, db);
}

/**
 * The master keys of the database that is meant: plain data, for threads too.
 *
 * @returns undefined where none is wanted, or where none is needed and none at hand
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID, TRANSCRIPT_KEY
 */
export async function masterKeysOf(
  source: Source,
  terminal: Terminal,
  originals: Originals,
): Promise<MasterKeys | undefined> {
  if (originals === 'none') return undefined;
  const database = databasePath(source, terminal);
  try {
    const found = await masterKeysToOpen({ database, ...keySources(source, terminal) });
    if (found || originals === 'if at hand') return found;
    const hint = 'name its file with --key, or "transcripts.keys" in the configuration';
    throw new GateError('TRANSCRIPT_KEY', `there is no master key beside ${database}`, { hint });
  } catch (error) {
    const isMissing = error instanceof GateError && error.code === 'TRANSCRIPT_KEY';
    if (!isMissing || originals === 'needed') throw error;
    terminal.err(`originals stay sealed: ${error.message}\n`);
    return undefined;
  }
}

function keySources({ config, db, key }: Source, terminal: Terminal) {
  const base = terminal.cwd;
  if (key && key.length > 0) return { keys: key.map((file) => ({ file })), base };
  return (db === undefined ? configuredKeys(config, terminal) : undefined) ?? { base };
}
