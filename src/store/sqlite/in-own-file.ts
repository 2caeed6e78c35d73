import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { GateError, messageOf } from '../../model/errors.ts';

/**
 * Opens a database in a file that nobody else can read; it is made where there is none.
 *
 * @param what what it is of, such as `approvals`
 * @throws GateError STORE_UNREADABLE
 */
export function inOwnFile<Opened>(path: string, what: string, open: () => Opened): Opened {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // SQLite gives its other files the mode of this one.
    closeSync(openSync(path, 'a', 0o600));
    return open();
  } catch (cause) {
    const message = `cannot open the database of ${what} ${path}: ${messageOf(cause)}`;
    throw new GateError('STORE_UNREADABLE', message, { cause });
  }
}
