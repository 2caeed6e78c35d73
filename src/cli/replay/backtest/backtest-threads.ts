import { availableParallelism } from 'node:os';
import { setImmediate as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { GateError, messageOf } from '../../../model/errors.ts';
import { moduleBeside } from '../../../model/module-beside.ts';
import { joinedTally } from '../../../replay/backtest/joined-tally.ts';
import type { BacktestTally } from '../../../replay/backtest/tally.ts';
import { BulkReader, type PositionRange } from '../../../store/sqlite/bulk/bulk-reader.ts';
import { BacktestPart, type BacktestTask, type JudgedRange } from './backtest-part.ts';
import type { BacktestNews, BacktestOrder } from './backtest-worker.ts';
import { LimitPass } from './limit-pass.ts';
import { withExampleArgs } from './with-example-args.ts';

export interface BacktestRun {
  readonly signal: AbortSignal;
  /** Told now and then how many steps were read, and of how many. */
  readonly progress: (read: number, of: number) => void;
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
  const limits = new LimitPass(task.examples);
  let read = 0;
  const take = (index: number, judged: JudgedRange) => {
    limits.add(index, judged.limits);
    const { first, last } = shares[index] as PositionRange;
    read += last - first + 1;
    run.progress(read, steps);
  };
  const work: Work = { shares, signal: run.signal, take };
  const tallies = few || threads <= 1 ? await judgedHere(task, work) : await judgedApart(task, { ...work, threads }); // biome-ignore format: one line says it
  return withExampleArgs(joinedTally([...tallies, limits.tally()], task.examples), task.path);
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

interface Work {
  readonly shares: readonly PositionRange[];
  readonly signal: AbortSignal;
  /** Is given what each share had, by its number. */
  readonly take: (index: number, judged: JudgedRange) => void;
}

async function judgedHere(
  task: BacktestTask,
  { shares, signal, take }: Work,
): Promise<BacktestTally[]> {
  const part = new BacktestPart(task);
  try {
    for (const [index, share] of shares.entries()) {
      if (signal.aborted) throw interrupted();
      take(index, part.judge(share));
      await pause();
    }
    return [part.tally()];
  } finally {
    part.close();
  }
}

async function judgedApart(
  task: BacktestTask,
  { shares, signal, take, threads }: Work & { readonly threads: number },
): Promise<BacktestTally[]> {
  if (signal.aborted) throw interrupted();
  const left = shares.entries();
  const desk: Desk = { next: () => left.next().value, take };
  const workers = Array.from({ length: threads }, () => {
    return new Worker(moduleBeside('./backtest-worker.ts', import.meta.url), { workerData: task });
  });
  const stop = () => {
    for (const worker of workers) void worker.terminate();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.all(workers.map((worker) => judgedBy(worker, desk, signal)));
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Gives out shares, each with its number, and takes back what they had. */
interface Desk {
  next(): readonly [number, PositionRange] | undefined;
  take(index: number, judged: JudgedRange): void;
}

/** Gives a thread one share after the other until there is no more. */
function judgedBy(worker: Worker, desk: Desk, signal: AbortSignal): Promise<BacktestTally> {
  const { promise, resolve, reject } = Promise.withResolvers<BacktestTally>();
  let current = -1;
  const order = (): BacktestOrder => {
    const [index = -1, share] = desk.next() ?? [];
    current = index;
    return share ?? 'end';
  };
  worker.on('message', (news: BacktestNews) => {
    if ('tally' in news) return resolve(news.tally);
    desk.take(current, news);
    worker.postMessage(order());
  });
  worker.on('error', (error) => reject(failed(messageOf(error), error)));
  worker.on('exit', () => reject(signal.aborted ? interrupted() : failed('it has ended')));
  worker.postMessage(order());
  return promise;
}

function failed(why: string, cause?: unknown): GateError {
  const message = `a thread that judges recorded exchanges has failed: ${why}`;
  return new GateError('REPLAY_FAILED', message, { cause });
}

function interrupted(): GateError {
  return new GateError('CLIENT_GONE', 'interrupted');
}
