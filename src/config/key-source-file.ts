import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { GateError, messageOf } from '../model/errors.ts';
import type { KeyKind } from './key-source-kind.ts';

/** Rights of everybody but the owner. */
const OTHERS = 0o077;
/** Bytes of the file that are read: a key with blanks around it. */
const MOST = 4_096;

/**
 * The key in a file; undefined where there is no file.
 *
 * @throws GateError of the kind's code: the file can't be read, others may read it, or it has no such key
 */
export function keyInFile<Key>(path: string, kind: KeyKind<Key>): Key | undefined {
  return orRefused(path, kind, () => read(path, kind));
}

/**
 * The same; a file that is not there is made, for its owner only.
 *
 * @param make the text of a new key
 * @throws GateError as above, and where it can't be made
 */
export function keyInFileOrNew<Key>(path: string, kind: KeyKind<Key>, make: () => string): Key {
  return orRefused(path, kind, () => {
    const there = read(path, kind);
    if (there) return there;
    // Somebody else may have been quicker; then that one counts.
    write(path, make());
    const key = read(path, kind);
    if (key) return key;
    throw new GateError(kind.code, `the key file ${path} has gone`);
  });
}

/**
 * Writes a new key file; one that is there stays.
 *
 * @param mode of the file; left out: for its owner only
 * @returns whether it was written
 * @throws GateError of the kind's code: it can't be written
 */
export function newKeyFile(
  path: string,
  text: string,
  kind: Pick<KeyKind<unknown>, 'name' | 'code'>,
  mode = 0o600,
): boolean {
  return orRefused(path, kind, () => write(path, text, mode));
}

function orRefused<Result>(
  path: string,
  { name, code }: Pick<KeyKind<unknown>, 'name' | 'code'>,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    const message = `cannot use the key file ${path} (${name}): ${messageOf(cause)}`;
    throw new GateError(code, message, { cause });
  }
}

function read<Key>(path: string, { code, form, hint, parse }: KeyKind<Key>): Key | undefined {
  let file: number;
  try {
    // A pipe would be waited for, whoever opens its other end.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    // What is looked at is the file that is read, whatever its name leads to by now.
    const facts = fstatSync(file);
    const { mode, size } = facts;
    if (!facts.isFile()) throw new GateError(code, `the key file ${path} is no file`);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      const message = `the key file ${path} has the mode ${shown}, so others can read or change it`;
      throw new GateError(code, message, { hint: `chmod 600 ${path}` });
    }
    const key = size > MOST ? undefined : parse(readFileSync(file, 'utf8'));
    if (key) return key;
    throw new GateError(code, `the key file ${path} does not hold ${form}`, { hint });
  } finally {
    closeSync(file);
  }
}

/** Written beside it first and then given its name, so that nobody ever reads a part; who comes first wins. */
function write(path: string, text: string, mode = 0o600): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(draft, 'wx', mode);
  try {
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}
