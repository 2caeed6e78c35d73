import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../model/errors.ts';
import type { Terminal } from './verb.ts';

/**
 * Writes a report to a file; `-` is standard output.
 *
 * @throws GateError FILE_UNWRITABLE
 */
export function writeReport(file: string, text: string, terminal: Terminal): void {
  if (file === '-') return terminal.out(text);
  try {
    writeFileSync(resolve(terminal.cwd, file), text);
  } catch (cause) {
    const message = `cannot write ${file}: ${messageOf(cause)}`;
    throw new GateError('FILE_UNWRITABLE', message, { cause });
  }
}
