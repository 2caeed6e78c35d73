import { Worker } from 'node:worker_threads';
import type { LimitClaim } from '../../../model/decision.ts';
import { GateError, messageOf } from '../../../model/errors.ts';
import { moduleBeside } from '../../../model/module-beside.ts';
import type { Clock, LimitReached, Log } from '../../../model/seams.ts';
import type { LimitsStore } from '../../limits-store.ts';
import { inOwnFile } from '../in-own-file.ts';
import { patiently } from '../patiently.ts';
import { LimitCounters } from './limit-counters.ts';

export interface SqliteLimiterOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Takes that may wait; those beyond reject, so that memory stays bounded. */
const MAX_WAITING = 20_000;
/** Takes after which some of what is over is forgotten. */
const CLEANING = 64;
/** Milliseconds that this thread sleeps for somebody else's lock. */
const BUSY = 20;
/** What SQLite does by itself where it isn't told otherwise, in pages. */
const DEFAULT_CHECKPOINT = 1_000;

interface Waiting {
  readonly claims: readonly LimitClaim[];
  readonly resolve: (reached: LimitReached | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Counts in a SQLite file of their own: they outlive a restart and a kill, and transcripts, which have another writer,
 * don't wait for them. Takes that come together are committed together.
 */
export class SqliteLimiter implements LimitsStore {
  readonly #counters: LimitCounters;
  readonly #options: SqliteLimiterOptions;
  #checkpointer: { readonly worker: Worker; readonly ended: Promise<void> } | undefined;
  #waiting: Waiting[] = [];
  #taken = 0;
  /** The writing of what waits. */
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Opens, or makes, the database.
   *
   * @throws GateError STORE_UNREADABLE
   */
  constructor(options: SqliteLimiterOptions) {
    const { path } = options;
    this.#options = options;
    this.#counters = inOwnFile(path, 'counters', () => new LimitCounters({ path, busy: BUSY }));
  }

  take(claims: readonly LimitClaim[]): Promise<LimitReached | undefined> {
    if (this.#closing) return Promise.reject(unavailable('the counters are closing'));
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(unavailable('too many calls wait to be counted'));
    }
    this.#checkpointer ??= this.#startCheckpointer();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ claims, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writing;
    if (this.#checkpointer) {
      const { worker, ended } = this.#checkpointer;
      worker.ref();
      worker.postMessage('end');
      await ended;
    }
    this.#counters.close();
  }

  /** What comes in the same turn of the event loop, or while others are written, makes the next group. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting;
      this.#waiting = [];
      await this.#writeGroup(group);
    }
    this.#writing = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const takes = group.map(({ claims }) => claims);
      const found = await patiently(() => this.#counters.take(takes, this.#options.clock()));
      for (const [index, { resolve }] of group.entries()) resolve(found[index]);
    } catch (cause) {
      const error = unavailable(messageOf(cause), cause);
      for (const { reject } of group) reject(error);
      return;
    }
    this.#taken += group.length;
    if (this.#taken < CLEANING) return;
    this.#taken = 0;
    // What is not forgotten now is forgotten next time.
    try {
      this.#counters.clean(this.#options.clock());
    } catch (error) {
      const fields = { cause: messageOf(error) };
      this.#options.log.debug(fields, 'old counts could not be forgotten');
    }
  }

  /** Moving the log into the database waits for the disk, so a thread of its own does it. */
  #startCheckpointer() {
    this.#counters.checkpointAfter(0);
    const worker = new Worker(moduleBeside('./checkpointer.ts', import.meta.url), {
      workerData: this.#options.path,
    });
    worker.unref();
    const takeOver = () => {
      if (!this.#closing) this.#counters.checkpointAfter(DEFAULT_CHECKPOINT);
    };
    worker.once('error', takeOver).once('exit', takeOver);
    return { worker, ended: new Promise<void>((resolve) => worker.once('exit', () => resolve())) };
  }
}

function unavailable(message: string, cause?: unknown): GateError {
  return new GateError('LIMIT_UNAVAILABLE', message, cause === undefined ? {} : { cause });
}
