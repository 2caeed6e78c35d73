import { accessSync, constants, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { GateError, messageOf } from '../../model/errors.ts';

/** What to do where a configuration names a database that no gate has made yet. */
export const NOT_MADE_YET = 'it is made when "sallyport serve" first runs with this configuration';

/**
 * Refuses a database that is not there, which SQLite would only say cannot be opened.
 *
 * @throws GateError STORE_UNREADABLE
 */
export function checkIsThere(path: string, hint?: string): void {
  if (existsSync(path)) return;
  const message = `there is no transcript database at ${path}`;
  throw new GateError('STORE_UNREADABLE', message, hint === undefined ? {} : { hint });
}

/** What is said where reading a transcript database fails. */
export function unreadable(path: string, cause: unknown): GateError {
  const message = `cannot read the transcript database ${path}: ${messageOf(cause)}`;
  const hint =
    'SQLite has to write beside a database to read it: copy it, with its -wal file, to a folder that you may write to';
  return new GateError('STORE_UNREADABLE', message, {
    cause,
    ...(isHinderedBeside(path, cause) && { hint }),
  });
}

/** Whether the file itself could be read, but what SQLite needs beside it can't be made. */
function isHinderedBeside(path: string, cause: unknown): boolean {
  if (!(cause instanceof Database.SqliteError)) return false;
  if (!/^SQLITE_(?:READONLY|CANTOPEN)/.test(cause.code)) return false;
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
