import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GateError } from '../../model/errors.ts';
import type { ExportBatch, Sink, SinkLimits } from '../contract.ts';

export interface FileSinkOptions {
  readonly path: string;
  /** Bytes from which on a new file is begun, and how many old ones stay; left out: the file grows. */
  readonly rotate?: { readonly size: number; readonly files: number } | undefined;
  readonly limits: SinkLimits;
}

const NEWLINE = 0x0a;
const CHUNK = 65_536;
/** No line is looked for further back: a message and what is said of it have less. Bytes. */
const MOST_LINE = 67_108_864;

/**
 * Appends to a file that only its owner may read. A batch is taken once it is on the disk; the beginning of a line that a
 * crash has left is taken off, for that record comes again.
 */
export class FileSink implements Sink {
  readonly limits: SinkLimits;
  readonly #options: FileSinkOptions;
  #file: FileHandle | undefined;
  #size = 0;
  #isFile = true;

  constructor(options: FileSinkOptions) {
    this.#options = options;
    this.limits = options.limits;
  }

  async send({ body }: ExportBatch): Promise<'taken'> {
    const bytes = Buffer.from(body);
    try {
      const file = await this.#opened(bytes.byteLength);
      await writeWhole(file, bytes);
      // A pipe has nothing to be synced.
      if (this.#isFile) await file.datasync();
      this.#size += bytes.byteLength;
      return 'taken';
    } catch (cause) {
      // What was written of it comes again.
      if (this.#isFile) await this.#file?.truncate(this.#size).catch(() => undefined);
      await this.close();
      throw failure(cause);
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** The file with room for so many bytes. */
  async #opened(bytes: number): Promise<FileHandle> {
    const { rotate } = this.#options;
    await this.#look();
    const file = this.#file ?? (await this.#open());
    const isFull =
      this.#size > 0 && this.#size + bytes > (rotate?.size ?? Number.POSITIVE_INFINITY);
    if (!rotate || !isFull || !this.#isFile) return file;
    await this.#rotate(rotate.files);
    return this.#open();
  }

  /** Somebody else may have moved the file away or emptied it, as logrotate does. */
  async #look(): Promise<void> {
    if (!this.#file) return;
    const [here, there] = await Promise.all([
      this.#file.stat(),
      stat(this.#options.path).catch(() => undefined),
    ]);
    if (here.ino !== there?.ino || here.dev !== there.dev) await this.close();
    else this.#size = here.size;
  }

  async #open(): Promise<FileHandle> {
    const { path } = this.#options;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const { O_RDWR, O_CREAT, O_APPEND } = constants;
    const file = await open(path, O_RDWR | O_CREAT | O_APPEND, 0o600);
    this.#file = file;
    const found = await file.stat();
    this.#isFile = found.isFile();
    this.#size = found.size;
    if (this.#isFile) this.#size = await endWithLine(file, found.size);
    return file;
  }

  /** `FILE` becomes `FILE.1`, that `FILE.2` and so on; the last one goes. */
  async #rotate(files: number): Promise<void> {
    const { path } = this.#options;
    await this.close();
    await rm(`${path}.${files}`, { force: true });
    for (let number = files - 1; number >= 0; number--) {
      const from = number === 0 ? path : `${path}.${number}`;
      await rename(from, `${path}.${number + 1}`).catch(ignoreMissing);
    }
  }
}

/** Takes the beginning of a line off that stands at the end, and gives the size then. */
async function endWithLine(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK);
  for (let end = size; end > 0 && size - end < MOST_LINE; end -= CHUNK) {
    const start = Math.max(0, end - CHUNK);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at === -1) continue;
    const whole = start + at + 1;
    if (whole < size) await file.truncate(whole);
    return whole;
  }
  if (size === 0) return 0;
  // No line of ours: it is left as it is.
  await file.write('\n');
  return size + 1;
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesWritten } = await file.write(bytes, done);
    done += bytesWritten;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function failure(cause: unknown): GateError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  return new GateError('EXPORT_FAILED', `the file cannot be written (${code})`, { cause });
}
