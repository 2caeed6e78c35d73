import { basename, dirname, join } from 'node:path';

/** The beginning of the name of each lock file of a run, with the folder. */
export function runLocks(path: string): { readonly folder: string; readonly prefix: string } {
  return { folder: dirname(path), prefix: `${basename(path)}-run-` };
}

/** The file that a run of a gate holds a lock on for as long as it lives. */
export function runLock(path: string, name: string): string {
  const { folder, prefix } = runLocks(path);
  return join(folder, `${prefix}${name}`);
}
