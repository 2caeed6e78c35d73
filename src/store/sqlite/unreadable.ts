import { existsSync } from 'node:fs';
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
export function unreadable(path: string, cause: unknown, hint?: string): GateError {
  const message = `cannot read the transcript database ${path}: ${messageOf(cause)}`;
  return new GateError('STORE_UNREADABLE', message, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
