import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../../model/module-beside.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import type { UpkeepData, UpkeepNews } from './upkeep.ts';

/** The thread that keeps a transcript database in order. */
export class UpkeepThread {
  readonly #worker: Worker;
  /** Resolves once it has ended, asked to or not. */
  readonly ended: Promise<void>;

  /** @param onNews is told of what fails, and of what works again */
  constructor(path: string, options: UpkeepOptions, onNews: (news: UpkeepNews) => void) {
    const workerData: UpkeepData = { path, options };
    this.#worker = new Worker(moduleBeside('./upkeep.ts', import.meta.url), { workerData });
    this.#worker.unref();
    this.#worker.on('message', onNews);
    this.#worker.once('error', () => undefined);
    this.ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
  }

  /** Finishes what is under way, once nothing is written any more. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage('end');
    await this.ended;
  }
}
