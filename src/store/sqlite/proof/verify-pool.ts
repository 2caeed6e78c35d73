import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../../model/module-beside.ts';
import {
  type VerifyData,
  type VerifyResult,
  type VerifyTask,
  VerifyTasks,
} from './verify-tasks.ts';

/** Rows live for a moment only: a small space for them is quick, and bounds what many threads take. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };
/** Threads at most. */
const MAX_THREADS = 16;

/**
 * Runs tasks on all cores, and hands over what they find, in any order.
 *
 * @param small it is done here: starting threads would take longer
 */
export async function runTasks(
  data: VerifyData,
  tasks: Iterable<VerifyTask>,
  onResult: (result: VerifyResult, task: VerifyTask) => void,
  { small, signal }: { readonly small: boolean; readonly signal: AbortSignal },
): Promise<void> {
  if (small) return runHere(data, tasks, onResult, signal);
  const queue = tasks[Symbol.iterator]();
  const threads = Math.min(MAX_THREADS, availableParallelism());
  const running = Array.from({ length: threads }, () => runThere(data, queue, onResult, signal));
  const ended = await Promise.allSettled(running);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

function runHere(
  data: VerifyData,
  tasks: Iterable<VerifyTask>,
  onResult: (result: VerifyResult, task: VerifyTask) => void,
  signal: AbortSignal,
): void {
  const here = new VerifyTasks(data);
  try {
    for (const task of tasks) {
      signal.throwIfAborted();
      onResult(here.run(task), task);
    }
  } finally {
    here.close();
  }
}

/** One thread that takes tasks until there are no more. */
function runThere(
  workerData: VerifyData,
  queue: Iterator<VerifyTask>,
  onResult: (result: VerifyResult, task: VerifyTask) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(moduleBeside('./verify-thread.ts', import.meta.url), {
      workerData,
      resourceLimits,
    });
    let current: VerifyTask | undefined;
    // Ending it from outside while SQLite works would take the whole process with it.
    const next = () => {
      const { done, value } = signal.aborted ? { done: true, value: undefined } : queue.next();
      current = done ? undefined : value;
      worker.postMessage(current ?? 'end');
    };
    worker.on('message', (result: VerifyResult) => {
      if (current) onResult(result, current);
      next();
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (current) reject(new Error('a thread ended before its work was done'));
      else resolve();
    });
    next();
  });
}
