import { Worker } from 'node:worker_threads';
import type { YamlEvents } from '../document/events.ts';
import { moduleBeside } from '../model/module-beside.ts';

/** A thread that takes the texts of policy files apart, one after the other. */
export class PolicyThread {
  readonly #worker = new Worker(moduleBeside('./policy-worker.ts', import.meta.url));
  readonly #waiting: PromiseWithResolvers<YamlEvents>[] = [];

  constructor() {
    this.#worker.on('message', (events: YamlEvents) => this.#waiting.shift()?.resolve(events));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => {
      this.#fail(new Error('the thread that reads policies has ended'));
    });
  }

  /** @returns rejects where the thread fails, or is stopped before. */
  eventsOf(text: string): Promise<YamlEvents> {
    const waiting = Promise.withResolvers<YamlEvents>();
    // Whoever waits for an earlier one hears of the failure first, and then asks for no more.
    waiting.promise.catch(() => undefined);
    this.#waiting.push(waiting);
    this.#worker.postMessage(text);
    return waiting.promise;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
