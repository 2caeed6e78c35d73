import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { cursorsBeside } from '../export/cursors-beside.ts';
import type { ExportFigures, ExportNews } from '../export/export-news.ts';
import { openSink } from '../export/open-sink.ts';
import { messageOf } from '../model/errors.ts';
import { moduleBeside } from '../model/module-beside.ts';
import type { Log } from '../model/seams.ts';
import { version } from '../version.ts';
import { clock, type DaemonOptions } from './daemon-options.ts';
import type { ExportsData } from './exports-worker.ts';
import type { Started } from './started.ts';

/** Milliseconds until a thread that has died is replaced. */
const AGAIN = 5_000;
/** Milliseconds that the end of the thread is waited for. */
const END = 10_000;

/** What exports tell of themselves, by name. */
export type ExportsFigures = () => readonly ExportFigures[];

/**
 * Starts what exports transcripts, in a thread of its own: no call waits for it, whatever becomes of it.
 *
 * @returns undefined where nothing is exported
 * @throws GateError TLS_UNUSABLE, CONFIG_INVALID
 */
export function openExports(
  { config, base, log }: DaemonOptions,
  started: Started,
): ExportsFigures | undefined {
  const { export: exports, path } = config.transcripts;
  if (Object.keys(exports).length === 0) return undefined;
  const origin = { gate: hostname(), version: version() };
  // What is wrong with a sink is told before the gate listens.
  for (const [name, wanted] of Object.entries(exports)) {
    const parts = { base, gate: origin.gate, clock, tell: () => undefined };
    void openSink(name, wanted, parts).close();
  }
  const database = resolve(base, path);
  const cursors = cursorsBeside(database);
  const thread = new ExportsThread({ path: database, cursors, base, origin, exports }, log);
  started.add(() => thread.stop());
  return () => thread.figures;
}

class ExportsThread {
  readonly #data: ExportsData;
  readonly #log: Log;
  readonly #known = new Map<string, ExportFigures>();
  /** Counts of threads that have died, by export. */
  readonly #past = new Map<string, ExportFigures>();
  #worker: Worker;
  #ended: Promise<void>;
  #isStopping = false;
  #again: NodeJS.Timeout | undefined;

  constructor(data: ExportsData, log: Log) {
    this.#data = data;
    this.#log = log;
    [this.#worker, this.#ended] = this.#start();
  }

  get figures(): readonly ExportFigures[] {
    return [...this.#known.values()].map((now) => {
      const past = this.#past.get(now.name);
      if (!past) return now;
      const { sent, failed, missed } = now;
      return { ...now, sent: sent + past.sent, failed: failed + past.failed, missed: missed + past.missed }; // biome-ignore format: one line says it
    });
  }

  /** Lets it send what there is yet, for some seconds. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#again);
    this.#worker.ref();
    this.#worker.postMessage('end');
    const late = setTimeout(() => void this.#worker.terminate(), END);
    await this.#ended;
    clearTimeout(late);
  }

  #start(): [Worker, Promise<void>] {
    const worker = new Worker(moduleBeside('./exports-worker.ts', import.meta.url), {
      workerData: this.#data,
    });
    worker.unref();
    worker.on('message', (news: ExportNews) => this.#take(news));
    worker.on('error', (error) => {
      this.#log.error({ cause: messageOf(error) }, 'the thread of exports has died');
    });
    const ended = new Promise<void>((done) => {
      worker.once('exit', () => {
        done();
        if (!this.#isStopping) this.#restart();
      });
    });
    return [worker, ended];
  }

  /** Each goes on where its cursor is. */
  #restart(): void {
    for (const now of this.figures) this.#past.set(now.name, now);
    this.#known.clear();
    this.#again = setTimeout(() => {
      [this.#worker, this.#ended] = this.#start();
    }, AGAIN).unref();
  }

  #take(news: ExportNews): void {
    if ('figures' in news) this.#known.set(news.figures.name, news.figures);
    else this.#log[news.log](news.fields, news.message);
  }
}
