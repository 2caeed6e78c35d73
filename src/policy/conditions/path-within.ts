import { posix } from 'node:path';
import { FALSE, FAULT, type Outcome, or, truth } from '../outcome.ts';
import type { Operator } from './operator.ts';

/** NUL, backslashes, and dots or separators written as percent escapes: what they lead to is the upstream's affair. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
const SUSPICIOUS = /[\u0000\\]|%(?:2e|2f|5c|00|25)/i;

/**
 * `path_within: /data` or a list — the path, once `.` and `..` are resolved, is one of these folders or inside it.
 * It judges the text: a symbolic link on the upstream's disk can lead elsewhere, which only the upstream can see. A
 * path that can be read in two ways, or whose place depends on a folder that the gate doesn't know, can't be judged.
 */
export const pathWithin: Operator = {
  whenAbsent: FALSE,
  compile(operand, { reader }) {
    const folders = reader.texts(operand, 'the operand of "path_within"')?.map(normalise);
    if (!folders) return undefined;
    return (value) => {
      if (typeof value !== 'string') return FAULT;
      if (SUSPICIOUS.test(value)) return FAULT;
      const path = normalise(value);
      return folders.reduce((any: Outcome, folder) => or(any, within(path, folder)), FALSE);
    };
  },
};

function normalise(path: string): string {
  const resolved = posix.normalize(path);
  return resolved.length > 1 ? resolved.replace(/\/$/, '') : resolved;
}

function within(path: string, folder: string): Outcome {
  if (posix.isAbsolute(path) !== posix.isAbsolute(folder)) return FAULT;
  if (path === '..' || path.startsWith('../')) return FAULT;
  if (folder === '/' || folder === '.' || path === folder) return truth(true);
  return truth(path.startsWith(`${folder}/`));
}
