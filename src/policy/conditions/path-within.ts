import { posix } from 'node:path';
import { FALSE, FAULT, truth } from '../outcome.ts';
import type { Operator } from './operator.ts';

/** NUL, backslashes, and dots or separators written as percent escapes: no honest path needs them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
const SUSPICIOUS = /[\u0000\\]|%(?:2e|2f|5c|00|25)/i;

/**
 * `path_within: /data` or a list — the path, once `.` and `..` are resolved, is one of these folders or inside it.
 * It judges the text: a symbolic link on the upstream's disk can lead elsewhere, which only the upstream can see.
 */
export const pathWithin: Operator = {
  whenAbsent: FALSE,
  compile(operand, { reader }) {
    const folders = reader.texts(operand, 'the operand of "path_within"')?.map(normalise);
    if (!folders) return undefined;
    return (value) => {
      if (typeof value !== 'string') return FAULT;
      if (SUSPICIOUS.test(value)) return FALSE;
      const path = normalise(value);
      return truth(folders.some((folder) => isWithin(path, folder)));
    };
  },
};

function normalise(path: string): string {
  const resolved = posix.normalize(path);
  return resolved.length > 1 ? resolved.replace(/\/$/, '') : resolved;
}

function isWithin(path: string, folder: string): boolean {
  if (posix.isAbsolute(path) !== posix.isAbsolute(folder)) return false;
  if (path === '..' || path.startsWith('../')) return false;
  if (folder === '/' || folder === '.' || path === folder) return true;
  return path.startsWith(`${folder}/`);
}
