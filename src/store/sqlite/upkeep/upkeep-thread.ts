import { Worker } from 'node:worker_threads';
import { messageOf } from '../../../model/errors.ts';
import { moduleBeside } from '../../../model/module-beside.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import { GateLoad } from './gate-load.ts';
import type { UpkeepData, UpkeepNews } from './upkeep.ts';

/** The thread that keeps a transcript database in order. */
export class UpkeepThread {
  readonly #worker: Worker;
  readonly #load = new GateLoad();
  /** Resolves once it has ended, asked to or not. */
  readonly ended: Promise<void>;

  /** @param onNews is told of what fails, and of what works again; of `upkeep` where the thread itself has ended */
  constructor(path: string, options: UpkeepOptions, onNews: (news: UpkeepNews) => void) {
    const workerData: UpkeepData = { path, options, load: this.#load.shared };
    this.#worker = new Worker(moduleBeside('./upkeep.ts', import.meta.url), { workerData });
    this.#worker.unref();
    this.#worker.on('message', onNews);
    // It has ended with that: nothing more is signed, removed or compressed until the gate starts again.
    this.#worker.once('error', (error) => onNews({ chore: 'upkeep', failure: messageOf(error) }));
    const rest = this.#load.measure();
    this.ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    void this.ended.then(rest);
  }

  /** Finishes what is under way, once nothing is written any more. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage('end');
    await this.ended;
  }
}
