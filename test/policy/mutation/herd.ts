import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutants.ts';
import type { Order, Report } from './worker.ts';

/** How a mutant ended: noticed by a test, caught in an endless loop, or not noticed at all. */
export type Fate =
  | { readonly mutant: Mutant; readonly end: 'killed'; readonly by: string }
  | { readonly mutant: Mutant; readonly end: 'stuck' | 'survived' };

/** The tests alone may take so long, in milliseconds. */
const FIRST = 300_000;
/** Each mutant leaves its modules behind, so workers are replaced after so many. */
const MUTANTS_PER_WORKER = 150;
/** A mutant that takes all memory ends soon. */
const OPTIONS = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=1500'];
const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Runs the tests against each mutant, some at a time. Tests that fail anyway are left out and reported. */
export async function fatesOf(
  mutants: readonly Mutant[],
  tests: readonly string[],
  jobs: number,
  onFate: (fate: Fate) => void = () => undefined,
  onBroken: (tests: readonly string[]) => void = () => undefined,
): Promise<readonly Fate[]> {
  const queue = [...mutants];
  const fates: Fate[] = [];
  await Promise.all(Array.from({ length: jobs }, () => work()));
  return fates;

  async function work(): Promise<void> {
    const worker = new Worker();
    try {
      const started = performance.now();
      const skip = (await worker.ask({ tests, skip: [] }, FIRST))?.failed ?? [];
      if (skip.length > 0) onBroken(skip);
      // A mutant that takes much longer than the tests alone is stuck, on a busy machine too.
      const patience = 2 * (performance.now() - started) + 5_000;
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        const fate = fateOf(mutant, await worker.ask({ mutant, tests, skip }, patience));
        fates.push(fate);
        onFate(fate);
      }
    } finally {
      worker.close();
    }
  }
}

function fateOf(mutant: Mutant, report: Report | undefined): Fate {
  if (!report) return { mutant, end: 'stuck' };
  const [by] = report.failed;
  return by === undefined ? { mutant, end: 'survived' } : { mutant, end: 'killed', by };
}

class Worker {
  #process: ChildProcess | undefined;
  #asked = 0;

  /** Undefined where no answer came within so many milliseconds; the process is ended then. */
  async ask(order: Order, patience: number): Promise<Report | undefined> {
    if (this.#asked++ % MUTANTS_PER_WORKER === 0 || !this.#process?.connected) this.close();
    const child = this.#process ?? fork(workerFile, { execArgv: OPTIONS });
    this.#process = child;
    const report = await new Promise<Report | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), patience);
      const end = (answer: Report | undefined) => {
        clearTimeout(timer);
        child.removeAllListeners();
        // A process that ends between two orders is replaced; its last words are of no interest.
        child.on('error', () => undefined);
        resolve(answer);
      };
      child.once('message', (answer) => end(answer as Report));
      child.once('exit', () => end({ failed: ['the process ended'] }));
      child.send(order);
    });
    if (!report) this.close();
    return report;
  }

  close(): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }
}
