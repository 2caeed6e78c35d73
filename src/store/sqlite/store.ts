import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GateError, messageOf } from '../../model/errors.ts';
import type { TranscriptBatch } from '../../model/transcript.ts';
import type { TranscriptStore } from '../contract.ts';
import type { WriterAnswer, WriterOptions, WriterRequest } from './protocol.ts';

/**
 * While calls come side by side, a group is sent at most this often, in milliseconds (as PostgreSQL's commit_delay and
 * commit_siblings): each hand-over to the writer costs both threads more than a row does.
 */
const GROUP_EVERY = 1;
/** Batches in a group that show that calls come side by side. */
const SIBLINGS = 3;

/** Batches that may wait for the writer; beyond that appends are refused, so that memory stays bounded. */
const MAX_WAITING = 20_000;

interface Waiting {
  readonly batch: TranscriptBatch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Transcripts in one SQLite file, written by a thread of its own. While the writer commits one group, the next one
 * gathers, so that the number of commits follows the disk and not the number of calls.
 */
export class SqliteStore implements TranscriptStore {
  readonly #worker: Worker;
  #waiting: Waiting[] = [];
  #writing: Waiting[] = [];
  #scheduled = false;
  /** How large the last group was, and when it was sent. */
  #lastSize = 0;
  #lastSent = 0;
  #failure: Error | undefined;
  #closing: { promise: Promise<void>; resolve: () => void } | undefined;

  /**
   * Opens, or makes, the database.
   *
   * @throws GateError STORE_UNREADABLE
   */
  static async open(options: WriterOptions): Promise<SqliteStore> {
    try {
      mkdirSync(dirname(options.path), { recursive: true });
      const worker = new Worker(writerUrl(), { workerData: options });
      await new Promise<void>((resolve, reject) => {
        worker.once('message', () => resolve());
        worker.once('error', reject);
      });
      return new SqliteStore(worker);
    } catch (cause) {
      const message = `cannot open the transcript database ${options.path}: ${messageOf(cause)}`;
      throw new GateError('STORE_UNREADABLE', message, { cause });
    }
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: WriterAnswer) => this.#answered(answer));
    worker.on('error', (error) => this.#fail(error as Error));
    worker.on('exit', () => this.#fail(new Error('the transcript writer has stopped')));
  }

  append(batch: TranscriptBatch): Promise<void> {
    const refusal =
      this.#failure ?? (this.#closing ? new Error('the store is closing') : undefined);
    if (refusal) return Promise.reject(refusal);
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new Error('too many transcript batches are waiting to be written'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#schedule();
    });
  }

  async close(): Promise<void> {
    if (this.#failure) return;
    this.#closing ??= Promise.withResolvers<void>();
    this.#schedule();
    await this.#closing.promise;
    await this.#worker.terminate();
  }

  /** Calls that come in the same turn of the event loop share a commit. */
  #schedule(): void {
    if (this.#scheduled || this.#writing.length > 0) return;
    this.#scheduled = true;
    const send = () => {
      this.#scheduled = false;
      this.#send();
    };
    const due = this.#lastSent + GROUP_EVERY - performance.now();
    if (this.#lastSize < SIBLINGS || due <= 0 || this.#closing) setImmediate(send);
    else setTimeout(send, due);
  }

  #send(): void {
    if (this.#writing.length > 0) return;
    if (this.#waiting.length === 0) {
      if (this.#closing) this.#post({ kind: 'close' });
      return;
    }
    this.#writing = this.#waiting;
    this.#waiting = [];
    this.#lastSize = this.#writing.length;
    this.#lastSent = performance.now();
    this.#post({
      kind: 'write',
      opened: this.#writing.flatMap(({ batch }) => batch.opened),
      events: this.#writing.flatMap(({ batch }) => batch.events),
      closed: this.#writing.flatMap(({ batch }) => batch.closed),
    });
  }

  #post(request: WriterRequest): void {
    this.#worker.postMessage(request);
  }

  #answered(answer: WriterAnswer): void {
    if (answer.kind === 'closed') return this.#closing?.resolve();
    if (answer.kind !== 'written') return;
    const written = this.#writing;
    this.#writing = [];
    if (this.#waiting.length > 0 || this.#closing) this.#schedule();
    for (const { resolve, reject } of written) {
      if (answer.failure === undefined) resolve();
      else reject(new Error(answer.failure));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const lost = [...this.#writing, ...this.#waiting];
    this.#writing = [];
    this.#waiting = [];
    for (const { reject } of lost) reject(this.#failure);
    this.#closing?.resolve();
  }
}

/** The writer beside this file: a source while developing, its compiled twin in the package. */
function writerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './writer.ts' : './writer.js', import.meta.url);
}
