import { posix } from 'node:path';

/** Nothing that could be read in two ways (see `path_within`). */
const PLAIN = /^[^\\%\p{Cc}:*?]+$/u;

/** True of a path from the root in its simplest form. */
export function isAbsolutePath(text: string): boolean {
  return text.startsWith('/') && isSimple(text);
}

/** True of a path with at least one folder in it, in its simplest form. */
export function isRelativePath(text: string): boolean {
  return /^[^\s/.~][^\s/]*\//.test(text) && isSimple(text);
}

function isSimple(text: string): boolean {
  return PLAIN.test(text) && posix.normalize(text) === text && !text.startsWith('..');
}

/** The folders on the way to what a path names. */
export function folderOf(path: string): readonly string[] {
  return path.split('/').slice(0, -1);
}

/** What two lists of folders have in common from the beginning. */
export function commonFolder(a: readonly string[], b: readonly string[]): readonly string[] {
  const end = a.findIndex((name, index) => name !== b[index]);
  return end < 0 ? a : a.slice(0, end);
}
