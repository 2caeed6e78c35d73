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
import { MASK_KEY_BYTES, maskKeyOf } from './schema/masking-schema.ts';

/** Rights of everybody but the owner. */
const OTHERS = 0o077;
/** Bytes of the file that are read: a key with blanks around it. */
const MOST = 1_024;

/**
 * The masking key in a file; one that is not there is made, with a new key.
 *
 * @throws GateError MASKING_KEY where the file can't be read or made, where others may read it, or where it has no key
 */
export function maskingKeyIn(path: string): Buffer {
  try {
    return keyIn(path) ?? made(path);
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw new GateError('MASKING_KEY', `cannot use the key file ${path}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Undefined where there is no file. */
function keyIn(path: string): Buffer | undefined {
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
    if (!facts.isFile()) throw new GateError('MASKING_KEY', `the key file ${path} is no file`);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      const message = `the key file ${path} has the mode ${shown}, so others can read or change it`;
      throw new GateError('MASKING_KEY', message, { hint: `chmod 600 ${path}` });
    }
    const key = size > MOST ? undefined : maskKeyOf(readFileSync(file, 'utf8'));
    if (key) return key;
    const what = `${MASK_KEY_BYTES} bytes in base64 or hexadecimal digits`;
    throw new GateError('MASKING_KEY', `the key file ${path} does not hold ${what}`, {
      hint: 'put the right key back; without it, the tokens that were given out can never be put back',
    });
  } finally {
    closeSync(file);
  }
}

/** Written beside it first and then given its name, so that nobody ever reads a part; who comes first wins. */
function made(path: string): Buffer {
  const key = randomBytes(MASK_KEY_BYTES);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, `${key.toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
    return key;
  } catch (error) {
    const other = keyIn(path);
    if (other) return other;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}
