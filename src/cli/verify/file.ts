import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../../model/errors.ts';
import { databasePath, type Source } from '../transcripts/database.ts';
import type { Terminal } from '../verb.ts';

/** What is to be verified. */
export interface FileToVerify {
  readonly kind: 'database' | 'lines';
  /** As it is called in reports. */
  readonly name: string;
  /** Undefined: standard input. */
  readonly path: string;
}

/** What SQLite files begin with (SQLite, Database File Format, section 1.3). */
const SQLITE = 'SQLite format 3\0';

/**
 * The file that is meant, and what it is.
 *
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID; PROOF_UNREADABLE where it can't be read
 */
export function fileToVerify(
  given: string | undefined,
  source: Source,
  terminal: Terminal,
): FileToVerify {
  if (given === '-') return { kind: 'lines', name: 'standard input', path: '-' };
  if (given === undefined) {
    const path = databasePath(source, terminal);
    // Says it where the file is not there, or may not be read.
    beginsWith(path, SQLITE);
    return { kind: 'database', name: path, path };
  }
  const path = resolve(terminal.cwd, given);
  return { kind: beginsWith(path, SQLITE) ? 'database' : 'lines', name: given, path };
}

function beginsWith(path: string, text: string): boolean {
  const bytes = Buffer.alloc(text.length);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, bytes);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new GateError('PROOF_UNREADABLE', `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  return bytes.toString('latin1') === text;
}
