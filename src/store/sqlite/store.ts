import { GateError, messageOf } from '../../model/errors.ts';
import type { TranscriptBatch } from '../../model/transcript.ts';
import type { TranscriptStore } from '../contract.ts';
import type { UpkeepOptions } from '../upkeep-options.ts';
import type { WriterOptions } from './commit/batch-writer.ts';
import type { Committer } from './commit/committer.ts';
import { HereCommitter } from './commit/here-committer.ts';
import { ThreadCommitter } from './commit/thread-committer.ts';
import { makeOwnFile } from './make-own-file.ts';
import { Run } from './run/run.ts';
import type { UpkeepNews } from './upkeep/upkeep.ts';
import { UpkeepThread } from './upkeep/upkeep-thread.ts';

/** Batches that may wait to be written; beyond that appends are refused, so that memory stays bounded. */
const MAX_WAITING = 20_000;

export interface StoreOptions extends WriterOptions {
  /** What is done beside writing; left out: nothing but what keeps the file small. */
  readonly upkeep?: UpkeepOptions;
  /** Is told of upkeep that fails, and that works again. */
  readonly onUpkeep?: (news: UpkeepNews) => void;
}

interface Waiting {
  readonly batch: TranscriptBatch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Transcripts in one SQLite file. Batches that come together are committed together. */
export class SqliteStore implements TranscriptStore {
  readonly #committer: Committer;
  readonly #upkeep: UpkeepThread;
  #waiting: Waiting[] = [];
  #writing: Waiting[] = [];
  #scheduled = false;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Opens, or makes, the database.
   *
   * @throws GateError STORE_UNREADABLE
   */
  static async open({ upkeep, onUpkeep, ...given }: StoreOptions): Promise<SqliteStore> {
    const options = { run: Run.newName(), ...given };
    try {
      makeOwnFile(options.path);
      const waits = options.durability === 'power';
      const committer = waits ? await ThreadCommitter.start(options) : new HereCommitter(options);
      const thread = new UpkeepThread(
        options.path,
        { ...upkeep, run: options.run },
        onUpkeep ?? (() => undefined),
      );
      return new SqliteStore(committer, thread);
    } catch (cause) {
      const message = `cannot open the transcript database ${options.path}: ${messageOf(cause)}`;
      throw new GateError('STORE_UNREADABLE', message, { cause });
    }
  }

  private constructor(committer: Committer, upkeep: UpkeepThread) {
    this.#committer = committer;
    this.#upkeep = upkeep;
    void committer.dead.then((error) => this.#fail(error));
    void upkeep.ended.then(() => this.#closing ?? committer.takeOverLog());
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
    while (!this.#failure && (this.#writing.length > 0 || this.#waiting.length > 0)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#failure ??= new Error('the store is closed');
    await this.#upkeep.close();
    // The last connection to close moves what is left of the log into the database.
    await this.#committer.close();
  }

  /** What comes in the same turn of the event loop, or while a group is written, makes the next group. */
  #schedule(): void {
    if (this.#scheduled || this.#writing.length > 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#writing = group;
    this.#waiting = [];
    try {
      const committed = this.#committer.commit(merged(group));
      if (!committed) return this.#settle(group, undefined);
      committed.then(
        () => this.#settle(group, undefined),
        (error: Error) => this.#settle(group, error),
      );
    } catch (error) {
      this.#settle(group, error as Error);
    }
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

function merged(group: readonly Waiting[]): TranscriptBatch {
  const [only] = group;
  if (group.length === 1 && only) return only.batch;
  return {
    facts: group.flatMap(({ batch }) => batch.facts ?? []),
    opened: group.flatMap(({ batch }) => batch.opened),
    events: group.flatMap(({ batch }) => batch.events),
    closed: group.flatMap(({ batch }) => batch.closed),
  };
}
