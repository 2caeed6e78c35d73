import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { newKeyPair, privateKey } from '../../config/pushed/push-key.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import { type Exit, exit, type Terminal } from '../verb.ts';

/**
 * Makes a key pair for signing bundles: FILE, which only its owner can read, and FILE.pub.
 *
 * @throws GateError FILE_UNWRITABLE, also where one of them is there already
 */
export async function makeKey(file: string, json: boolean, terminal: Terminal): Promise<Exit> {
  const { privatePem, publicPem } = newKeyPair();
  const { kid } = await privateKey(privatePem);
  const path = resolve(terminal.cwd, file);
  write(path, privatePem, 0o600);
  write(`${path}.pub`, publicPem, 0o644);
  if (json) {
    const made = { privateKey: file, publicKey: `${file}.pub`, kid };
    terminal.out(`${JSON.stringify(made, null, 2)}\n`);
    return exit.fine;
  }
  terminal.out(`wrote ${file}, the private key: keep it where only your pipeline can read it
wrote ${file}.pub, for the configuration of the gate:

policies:
  pushed:
    keys: [${file}.pub]

In logs the key is called ${kid}
`);
  return exit.fine;
}

function write(path: string, text: string, mode: number): void {
  try {
    // A key that is there may be in use.
    writeFileSync(path, text, { mode, flag: 'wx' });
  } catch (cause) {
    const message = `cannot write ${path}: ${messageOf(cause)}`;
    throw new GateError('FILE_UNWRITABLE', message, { hint: 'name another file', cause });
  }
}
