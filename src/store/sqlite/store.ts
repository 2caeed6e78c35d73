import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { GateError, messageOf } from '../../model/errors.ts';
import type { TranscriptBatch } from '../../model/transcript.ts';
import type { TranscriptStore } from '../contract.ts';
import type { WriterOptions } from './protocol.ts';
import { WriterThread } from './thread.ts';

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
  readonly #writer: WriterThread;
  #waiting: Waiting[] = [];
  #writing: Waiting[] = [];
  #scheduled = false;
  /** How large the last group was, and when it was sent. */
  #lastSize = 0;
  #lastSent = 0;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Opens, or makes, the database.
   *
   * @throws GateError STORE_UNREADABLE
   */
  static async open(options: WriterOptions): Promise<SqliteStore> {
    try {
      mkdirSync(dirname(options.path), { recursive: true });
      return new SqliteStore(await WriterThread.start(options));
    } catch (cause) {
      const message = `cannot open the transcript database ${options.path}: ${messageOf(cause)}`;
      throw new GateError('STORE_UNREADABLE', message, { cause });
    }
  }

  private constructor(writer: WriterThread) {
    this.#writer = writer;
    void writer.dead.then((error) => this.#fail(error));
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
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await this.#idle();
    if (!this.#failure)
      await Promise.race([this.#writer.run({ kind: 'close' }), this.#writer.dead]);
    this.#failure ??= new Error('the store is closed');
    await this.#writer.stop();
  }

  /** Resolves once nothing waits to be written. */
  async #idle(): Promise<void> {
    while (!this.#failure && (this.#writing.length > 0 || this.#waiting.length > 0)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Sends what waits: at once as long as calls come one by one, otherwise after some more have gathered. */
  #schedule(): void {
    if (this.#scheduled || this.#writing.length > 0) return;
    const due = this.#lastSent + GROUP_EVERY - performance.now();
    if (this.#lastSize < SIBLINGS || due <= 0 || this.#closing) return this.#send();
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      this.#send();
    }, due);
  }

  #send(): void {
    if (this.#writing.length > 0 || this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#writing = group;
    this.#waiting = [];
    this.#lastSize = group.length;
    this.#lastSent = performance.now();
    const request = {
      kind: 'write' as const,
      opened: group.flatMap(({ batch }) => batch.opened),
      events: group.flatMap(({ batch }) => batch.events),
      closed: group.flatMap(({ batch }) => batch.closed),
    };
    this.#writer.run(request).then(
      () => this.#settle(group, undefined),
      (error: Error) => this.#settle(group, error),
    );
  }

  #settle(group: readonly Waiting[], error: Error | undefined): void {
    this.#writing = [];
    if (this.#waiting.length > 0) this.#schedule();
    for (const { resolve, reject } of group) {
      if (error) reject(error);
      else resolve();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const lost = [...this.#writing, ...this.#waiting];
    this.#writing = [];
    this.#waiting = [];
    for (const { reject } of lost) reject(this.#failure);
  }
}
