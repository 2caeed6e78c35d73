import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { moduleBeside } from '../../../model/module-beside.ts';
import type { TranscriptBatch } from '../../../model/transcript.ts';
import type { WriterOptions } from './batch-writer.ts';
import type { Committer } from './committer.ts';
import {
  DONE,
  HANDED,
  type WriterData,
  type WriterFailure,
  type WriterRequest,
} from './protocol.ts';

/**
 * Commits on a thread of its own, for commits that wait for the disk. While it works the next group gathers, so that
 * the number of commits follows the disk and not the number of calls.
 */
export class ThreadCommitter implements Committer {
  readonly dead: Promise<Error>;
  readonly #port: MessagePort;
  readonly #turn: Int32Array;
  #done = 0;

  /** Starts the thread. Rejects where the database can't be opened. */
  static async start(options: WriterOptions): Promise<ThreadCommitter> {
    const { port1, port2 } = new MessageChannel();
    const turns = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    const workerData: WriterData = { ...options, turns, port: port2 };
    const worker = new Worker(moduleBeside('./writer.ts', import.meta.url), {
      workerData,
      transferList: [port2],
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    return new ThreadCommitter(worker, port1, turns);
  }

  private constructor(worker: Worker, port: MessagePort, turns: SharedArrayBuffer) {
    this.#port = port;
    this.#turn = new Int32Array(turns);
    this.dead = new Promise((resolve) => {
      worker.once('error', (error) => resolve(error as Error));
      worker.once('exit', () => resolve(new Error('the transcript writer has stopped')));
    });
  }

  async commit(group: TranscriptBatch): Promise<void> {
    await this.#run({ kind: 'write', ...group });
  }

  /** Its thread does so by itself. */
  takeOverLog(): void {}

  async close(): Promise<void> {
    await Promise.race([this.#run({ kind: 'close' }), this.dead]);
    this.#port.close();
    // It ends by itself; to end a thread that uses SQLite from outside can take the whole process with it.
    await this.dead;
  }

  /** Never settles when the thread dies over it, which {@link dead} tells. */
  async #run(request: WriterRequest): Promise<void> {
    this.#port.postMessage(request);
    Atomics.add(this.#turn, HANDED, 1);
    Atomics.notify(this.#turn, HANDED);
    const wait = Atomics.waitAsync(this.#turn, DONE, this.#done);
    if (wait.async) await wait.value;
    this.#done++;
    const failed = receiveMessageOnPort(this.#port)?.message as WriterFailure | undefined;
    if (failed) throw new Error(failed.failure);
  }
}
