import { posix } from 'node:path';
import { FALSE, FAULT, type Outcome, or, truth } from '../outcome.ts';
import { operandTexts } from './operand.ts';
import type { Operator } from './operator.ts';

/**
 * What can be read in two ways, so that where it leads is the upstream's affair: control characters and backslashes;
 * dots and separators as percent escapes, overlong ones too; a drive or a URL (`C:`, `file:`); a home (`~`).
 */
const AMBIGUOUS = /[\p{Cc}\\]|%(?:2e|2f|5c|00|25|c0|c1)|^\s*[a-z][a-z\d+.-]*:|^~/iu;
const DOTS_AND_BLANKS = /^[\s.]*$/;

/**
 * `path_within: /data` or a list — the path, once `.` and `..` are resolved, is one of these folders or inside it.
 * It judges the text: a symbolic link on the upstream's disk can lead elsewhere, which only the upstream can see. A
 * path that can be read in two ways, or whose place depends on a folder that the gate doesn't know, can't be judged.
 */
export const pathWithin: Operator = {
  summary: 'is a path to this folder or inside it, or one of these',
  example: {
    when: '{ args.path: { path_within: [/srv/data, /tmp] } }',
    holds: '/srv/data/a/../b.csv',
    fails: '/srv/data/../secret',
    unjudged: '/srv/data/%2e%2e/secret',
  },
  judges: ['text'],
  whenAbsent: FALSE,
  compile(operand, { reader }) {
    const texts = operandTexts(operand, reader, 'the operand of "path_within"');
    for (const text of texts ?? []) {
      if (text !== '' && !isAmbiguous(text) && !climbs(normalise(text))) continue;
      const hint = 'write it with "/", and without "~", drives, escapes and ".." in front';
      reader.error('OPERAND', operand.at, `"${text}" is no folder that paths can be within`, hint);
    }
    const folders = texts?.map(normalise);
    if (!folders) return undefined;
    return (value) => {
      if (typeof value !== 'string' || isAmbiguous(value)) return FAULT;
      const path = normalise(value);
      return folders.reduce((any: Outcome, folder) => or(any, within(path, folder)), FALSE);
    };
  },
};

function isAmbiguous(path: string): boolean {
  return AMBIGUOUS.test(path) || path.split('/').some(mayClimb);
}

/** Windows takes dots and blanks at the end of a name off, so that `.. ` is `..`. */
function mayClimb(name: string): boolean {
  if (name === '.' || name === '..') return false;
  return name.includes('.') && DOTS_AND_BLANKS.test(name);
}

function normalise(path: string): string {
  const resolved = posix.normalize(path);
  return resolved.length > 1 ? resolved.replace(/\/$/, '') : resolved;
}

function within(path: string, folder: string): Outcome {
  if (posix.isAbsolute(path) !== posix.isAbsolute(folder)) return FAULT;
  if (climbs(path)) return FAULT;
  if (folder === '/' || folder === '.' || path === folder) return truth(true);
  return truth(path.startsWith(`${folder}/`));
}

/** It leads above the folder where relative paths begin. */
function climbs(path: string): boolean {
  return path === '..' || path.startsWith('../');
}
