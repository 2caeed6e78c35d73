import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Terminal } from '../verb.ts';

/** Bytes of an input, or of a line of it. */
const MOST_BYTES = 256 * 1_024 * 1_024;

/** Standard input, or a file. */
export function bytesOf(
  file: string | undefined,
  { input, cwd }: Terminal,
): AsyncIterable<Uint8Array> {
  return file === undefined ? input : fileBytes(file, cwd);
}

async function* fileBytes(file: string, cwd: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(resolve(cwd, file)) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new GateError('USAGE', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * All of an input.
 *
 * @throws GateError USAGE: there is too much of it
 */
export async function textOf(bytes: AsyncIterable<Uint8Array>, most = MOST_BYTES): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > most) throw tooMuch('the input', most, '--lines reads it line by line');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Its lines, one after the other, without their ends. An empty last line is none.
 *
 * @throws GateError USAGE: a line is too long
 */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  most = MOST_BYTES,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    const [first = '', ...others] = decoder.write(Buffer.from(chunk)).split('\n');
    pieces.push(first);
    length += first.length;
    for (const other of others) {
      yield pieces.join('').replace(/\r$/, '');
      pieces = [other];
      length = other.length;
    }
    if (length > most) throw tooMuch('a line', most);
  }
  const last = pieces.join('') + decoder.end();
  if (last !== '') yield last;
}

function tooMuch(what: string, most: number, hint?: string): GateError {
  const message = `${what} has more than ${most / 1_048_576} MiB`;
  return new GateError('USAGE', message, hint === undefined ? {} : { hint });
}
