import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError } from '../../model/errors.ts';
import type { Terminal } from '../verb.ts';

/** Standard output (`-`), or a file that was not there before and that only its owner may read. */
export class TextTarget {
  readonly #terminal: Terminal;
  readonly #to: string;
  #file: number | undefined;

  /** @throws GateError FILE_UNWRITABLE */
  constructor(to: string, terminal: Terminal) {
    this.#to = to;
    this.#terminal = terminal;
    if (to === '-') return;
    try {
      this.#file = openSync(resolve(terminal.cwd, to), 'wx', 0o600);
    } catch (cause) {
      throw unwritable(to, cause);
    }
  }

  /** @returns rejects with GateError FILE_UNWRITABLE */
  async write(text: string): Promise<void> {
    if (this.#file === undefined) {
      if (text !== '') this.#terminal.out(text);
      await this.#terminal.drained();
      return;
    }
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.byteLength; ) done += writeSync(this.#file, bytes, done);
      fsyncSync(this.#file);
    } catch (cause) {
      throw unwritable(this.#to, cause);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function unwritable(path: string, cause: unknown): GateError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const hint = code === 'EEXIST' ? { hint: 'the file is there already: name another one' } : {};
  return new GateError('FILE_UNWRITABLE', `cannot write ${path} (${code})`, { ...hint, cause });
}
