import { availableParallelism } from 'node:os';
import { setImmediate as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { GateError, messageOf } from '../../../model/errors.ts';
import { moduleBeside } from '../../../model/module-beside.ts';
import { joinedTally } from '../../../replay/backtest/joined-tally.ts';
import type { BacktestTally } from '../../../replay/backtest/tally.ts';
import { BulkReader, type PositionRange } from '../../../store/sqlite/bulk/bulk-reader.ts';
import { BacktestPart, type BacktestTask } from './backtest-part.ts';
import type { BacktestNews, BacktestOrder } from './backtest-worker.ts';

export interface BacktestRun {
  readonly signal: AbortSignal;
  /** Told now and then how many exchanges were read. */
  readonly progress: (read: number) => void;
  /** Left out: one for each core. */
  readonly threads?: number | undefined;
  /** Steps below which no thread is worth its start; for tests. */
  readonly few?: number;
  /** Steps that a thread judges before it asks for more; left out: {@link SHARE}. */
  readonly share?: number;
}

/** Steps that a thread judges before it asks for more: a second of work at most, so that all end together. */
const SHARE = 8_000;
/** Fewer steps are judged here: a thread needs about as long to begin. */
const FEW = 20_000;
const MOST_THREADS = 64;

/**
 * Judges all exchanges that are meant, on all cores, in as much memory as a few thousand of them take.
 *
 * @throws GateError STORE_UNREADABLE; REPLAY_FAILED: a thread has failed; CLIENT_GONE: somebody asked to stop
 */
export async function runBacktest(task: BacktestTask, run: BacktestRun): Promise<BacktestTally> {
  const extent = extentOf(task);
  const shares = extent ? sharesOf(extent, run.share ?? SHARE) : [];
  const threads = Math.min(run.threads ?? availableParallelism(), shares.length, MOST_THREADS);
  const steps = extent ? extent.last - extent.first + 1 : 0;
  const few = steps <= (run.few ?? FEW);
  const tallies = few || threads <= 1 ? await judgedHere(task, shares, run) : await judgedApart(task, shares, threads, run); // biome-ignore format: one line says it
  return joinedTally(tallies, task.examples);
}

function extentOf({ path, filter }: BacktestTask): PositionRange | undefined {
  const reader = new BulkReader(path, { filter });
  try {
    return reader.extent();
  } finally {
    reader.close();
  }
}

function sharesOf({ first, last }: PositionRange, size: number): PositionRange[] {
  const count = Math.ceil((last - first + 1) / size);
  return Array.from({ length: count }, (_, index) => {
    const from = first + index * size;
    return { first: from, last: Math.min(from + size - 1, last) };
  });
}

async function judgedHere(
  task: BacktestTask,
  shares: readonly PositionRange[],
  { signal, progress }: BacktestRun,
): Promise<BacktestTally[]> {
  const part = new BacktestPart(task);
  let read = 0;
  try {
    for (const share of shares) {
      if (signal.aborted) throw interrupted();
      read += part.judge(share);
      progress(read);
      await pause();
    }
    return [part.tally()];
  } finally {
    part.close();
  }
}

async function judgedApart(
  task: BacktestTask,
  shares: readonly PositionRange[],
  threads: number,
  { signal, progress }: BacktestRun,
): Promise<BacktestTally[]> {
  if (signal.aborted) throw interrupted();
  const left = shares.values();
  let read = 0;
  const take = (more: number): BacktestOrder => {
    read += more;
    progress(read);
    return left.next().value ?? 'end';
  };
  const workers = Array.from({ length: threads }, () => {
    return new Worker(moduleBeside('./backtest-worker.ts', import.meta.url), { workerData: task });
  });
  const stop = () => {
    for (const worker of workers) void worker.terminate();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.all(workers.map((worker) => judgedBy(worker, take, signal)));
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Gives a thread one share after the other until there is no more. */
function judgedBy(
  worker: Worker,
  take: (read: number) => BacktestOrder,
  signal: AbortSignal,
): Promise<BacktestTally> {
  const { promise, resolve, reject } = Promise.withResolvers<BacktestTally>();
  worker.on('message', (news: BacktestNews) => {
    if ('tally' in news) resolve(news.tally);
    else worker.postMessage(take(news.read));
  });
  worker.on('error', (error) => reject(failed(messageOf(error), error)));
  worker.on('exit', () => reject(signal.aborted ? interrupted() : failed('it has ended')));
  worker.postMessage(take(0));
  return promise;
}

function failed(why: string, cause?: unknown): GateError {
  const message = `a thread that judges recorded exchanges has failed: ${why}`;
  return new GateError('REPLAY_FAILED', message, { cause });
}

function interrupted(): GateError {
  return new GateError('CLIENT_GONE', 'interrupted');
}
