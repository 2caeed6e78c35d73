import { setTimeout as wait } from 'node:timers/promises';
import type { TranscriptBatch } from '../../../model/transcript.ts';
import { isBusy } from '../is-busy.ts';
import { BatchWriter, type WriterOptions } from './batch-writer.ts';
import type { Committer } from './committer.ts';

/** How long this thread sleeps for somebody else's lock, how often it tries again, and for how long; milliseconds. */
const BUSY = 20;
const RETRY = 10;
const PATIENCE = 5_000;
/** What SQLite does by itself where it isn't told otherwise, in pages. */
const DEFAULT_CHECKPOINT = 1_000;

/**
 * Commits on the thread that asks. A commit that need not survive a power cut only writes to the page cache, which
 * takes a third of what handing it to another thread takes (docs/decisions/0006). What does reach for the disk,
 * moving the log into the database, is left to the upkeep thread.
 */
export class HereCommitter implements Committer {
  readonly #writer: BatchWriter;
  /** Never: what fails here fails for its group only. */
  readonly dead = new Promise<Error>(() => undefined);

  /** Throws where the database can't be opened. */
  constructor(options: WriterOptions) {
    this.#writer = new BatchWriter(options, { busy: BUSY, checkpoint: 0 });
  }

  /** Nobody else moves the log any more. */
  takeOverLog(): void {
    this.#writer.checkpointAfter(DEFAULT_CHECKPOINT);
  }

  commit(group: TranscriptBatch): Promise<void> | void {
    try {
      this.#writer.write(group);
    } catch (error) {
      if (!isBusy(error)) throw error;
      return this.#commitLater(group);
    }
  }

  /** Somebody else holds the database: calls wait for it, the event loop doesn't. */
  async #commitLater(group: TranscriptBatch): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      await wait(RETRY);
      try {
        return this.#writer.write(group);
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#writer.close();
  }
}
