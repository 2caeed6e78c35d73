import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { GateError, messageOf } from '../model/errors.ts';

export interface AsideOptions {
  /** What an error calls the file. */
  readonly name: string;
  /** Who may read the file; left out: everybody. */
  readonly mode?: number;
}

/**
 * Writes a file aside and then puts it in its place: nobody reads half of it. What comes while the pieces are made is
 * thrown as it is, and leaves no file.
 *
 * @throws GateError FILE_UNWRITABLE
 */
export function writeAside(
  path: string,
  pieces: Iterable<string>,
  { name, mode = 0o666 }: AsideOptions,
): void {
  const aside = `${path}.${process.pid}.new`;
  try {
    const descriptor = openSync(aside, 'wx', mode);
    try {
      for (const piece of pieces) writeFileSync(descriptor, piece);
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new GateError('FILE_UNWRITABLE', `cannot write ${name}: ${messageOf(cause)}`, { cause });
  }
}
