import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ExportsData } from '../../src/daemon/exports-worker.ts';
import type { ExportNews } from '../../src/export/export-news.ts';
import { Exporting, stepIds, toHttp } from './exporting.ts';
import { BatchReceiver } from './receiver.ts';

let exporting: Exporting;
let receiver: BatchReceiver;
let workers: Worker[];
let news: ExportNews[];
beforeEach(async () => {
  exporting = await Exporting.open();
  receiver = await BatchReceiver.start();
  [workers, news] = [[], []];
});
afterEach(async () => {
  await Promise.all(workers.map(ended));
  await exporting.close();
  await receiver.stop();
});

/** What exports, as a gate starts it. */
async function gate(): Promise<Worker> {
  const workerData: ExportsData = {
    ...{ path: exporting.path, cursors: join(exporting.folder, 'exports.db') },
    ...{ base: exporting.folder, origin: { gate: 'gate-1', version: '1' } },
    exports: { siem: toHttp(receiver.url) },
  };
  const script = new URL('../../src/daemon/exports-worker.ts', import.meta.url);
  const worker = new Worker(script, { workerData });
  workers.push(worker);
  worker.on('message', (one: ExportNews) => void news.push(one));
  await once(worker, 'online');
  return worker;
}

async function ended(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return;
  worker.postMessage('end');
  await once(worker, 'exit');
}

const soon = { timeout: 10_000, interval: 5 };
const got = (to: number) => vi.waitFor(() => expect(receiver.ids).toEqual(stepIds(1, to)), soon);
const messages = () => news.flatMap((one) => ('message' in one ? [one.message] : []));

it('of which one follows another export everything once: the second begins where the first has ended', async () => {
  await exporting.record(1, 2);
  const first = await gate();
  await got(2);
  const second = await gate();
  await exporting.record(3, 3);
  await got(3);
  const waits = /^another gate exports/;
  await vi.waitFor(() => expect(messages()).toEqual([expect.stringMatching(waits)]), soon);
  // One that never has its turn ends at once.
  await ended(await gate());
  await ended(first);
  await exporting.record(4, 4);
  await got(4);
  await ended(second);
});
