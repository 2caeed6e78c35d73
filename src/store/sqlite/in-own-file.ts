import { GateError, messageOf } from '../../model/errors.ts';
import { makeOwnFile } from './make-own-file.ts';

/**
 * Opens a database in a file that nobody else can read; it is made where there is none.
 *
 * @param what what it is of, such as `approvals`
 * @throws GateError STORE_UNREADABLE
 */
export function inOwnFile<Opened>(path: string, what: string, open: () => Opened): Opened {
  try {
    makeOwnFile(path);
    return open();
  } catch (cause) {
    const message = `cannot open the database of ${what} ${path}: ${messageOf(cause)}`;
    throw new GateError('STORE_UNREADABLE', message, { cause });
  }
}
