import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { GateError } from '../../model/errors.ts';
import type { ExportBatch, Sink, SinkLimits } from '../contract.ts';

const STDOUT = 1;
/** Milliseconds until a full pipe is tried again. */
const FULL = 20;

/** Writes to standard output. A batch is taken once whoever reads has room for it. */
export class StdoutSink implements Sink {
  readonly limits: SinkLimits;
  readonly #path: string;
  #descriptor: number | undefined;

  /** @param path what it is called; left out: the standard output of the process */
  constructor(limits: SinkLimits, path = '/dev/stdout') {
    this.limits = limits;
    this.#path = path;
  }

  async send({ body }: ExportBatch, signal: AbortSignal): Promise<'taken'> {
    let rest: Uint8Array = Buffer.from(body);
    while (rest.byteLength > 0) {
      const written = this.#written(rest);
      rest = rest.subarray(written);
      if (written > 0) continue;
      if (signal.aborted) throw new GateError('EXPORT_FAILED', 'the gate is stopping');
      await wait(FULL, undefined, { signal }).catch(() => undefined);
    }
    return 'taken';
  }

  close(): void {
    if (this.#descriptor !== undefined && this.#descriptor !== STDOUT) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** How many bytes there was room for. */
  #written(bytes: Uint8Array): number {
    try {
      this.#descriptor ??= this.#opened();
      return writeSync(this.#descriptor, bytes);
    } catch (cause) {
      const { code = 'unknown' } = cause as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return 0;
      throw new GateError('EXPORT_FAILED', `standard output cannot be written (${code})`, {
        cause,
      });
    }
  }

  /** Opened anew, a pipe that nobody reads can be left for later, and a gate that stops need not wait for it. */
  #opened(): number {
    const { O_WRONLY, O_NONBLOCK, O_APPEND } = constants;
    try {
      return openSync(this.#path, O_WRONLY | O_NONBLOCK | O_APPEND);
    } catch {
      return STDOUT;
    }
  }
}
