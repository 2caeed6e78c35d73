import { resolve } from 'node:path';
import { GateError } from '../model/errors.ts';
import { textOfCommand } from './key-source-command.ts';
import { keyInFile } from './key-source-file.ts';
import type { KeyKind } from './key-source-kind.ts';
import type { KeySource } from './schema/transcripts-schema.ts';

/**
 * The key that a source of the configuration gives. No error holds any of it.
 *
 * @param base folder that relative paths start from, and where a program is run
 * @returns a rejection (GateError of the kind's code) where it can't be had
 */
export async function keyFrom<Key>(
  source: KeySource,
  kind: KeyKind<Key>,
  base: string,
): Promise<Key> {
  const { name, code, form } = kind;
  if (typeof source === 'string') {
    const key = kind.parse(source);
    if (key) return key;
    const hint =
      'a key in a file is { file: PATH }, one that a program prints { command: [PROGRAM] }';
    throw new GateError(code, `the ${name} is not ${form}`, { hint });
  }
  if ('file' in source) {
    const path = resolve(base, source.file);
    const key = keyInFile(path, kind);
    if (key) return key;
    throw new GateError(code, `there is no key file ${path}`, {
      hint: 'put it there, or make another one with "sallyport keys new"',
    });
  }
  const [program = ''] = source.command;
  const key = kind.parse(await textOfCommand(source.command, code, base));
  if (key) return key;
  throw new GateError(code, `what "${program}" prints is not ${form}`, {
    hint: 'it has to print the key and nothing else',
  });
}
