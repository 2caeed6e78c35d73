import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../../model/errors.ts';

/** Files for connections: whom to trust, and who one is. */
export interface TlsWanted {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** The same as they are read. */
export interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** @throws GateError TLS_UNUSABLE */
export function readTlsFiles(wanted: TlsWanted | undefined, base: string): TlsFiles {
  const files = Object.entries(wanted ?? {}).flatMap(([name, path]) => {
    return path === undefined ? [] : [[name, read(name, resolve(base, path))]];
  });
  return Object.fromEntries(files);
}

function read(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const message = `cannot read the ${name} file ${path} of an export: ${messageOf(cause)}`;
    throw new GateError('TLS_UNUSABLE', message, { cause });
  }
}
