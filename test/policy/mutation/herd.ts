import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutants.ts';
import type { Order, Report } from './worker.ts';

/** How a mutant ended: noticed by a test, caught in an endless loop, or not noticed at all. */
export type Fate =
  | { readonly mutant: Mutant; readonly end: 'killed'; readonly by: string }
  | { readonly mutant: Mutant; readonly end: 'stuck' | 'survived' };

/** A mutant that runs longer is stuck; the tests take a small part of it. */
const PATIENCE = 60_000;
/** Each mutant leaves its modules behind, so workers are replaced after so many. */
const MUTANTS_PER_WORKER = 150;
const QUIET = '--disable-warning=ExperimentalWarning';
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
      const skip = (await worker.ask({ tests, skip: [] }))?.failed ?? [];
      if (skip.length > 0) onBroken(skip);
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        const fate = fateOf(mutant, await worker.ask({ mutant, tests, skip }));
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

  /** Undefined where no answer came in time; the process is ended then. */
  async ask(order: Order): Promise<Report | undefined> {
    if (this.#asked++ % MUTANTS_PER_WORKER === 0) this.close();
    const child = this.#process ?? fork(workerFile, { execArgv: [QUIET] });
    this.#process = child;
    const report = await new Promise<Report | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), PATIENCE);
      const end = (answer: Report | undefined) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(answer);
      };
      child.once('message', (answer) => end(answer as Report));
      child.once('exit', () => end({ failed: ['the process ended'] }));
      child.send(order);
    });
    if (!report) this.close();
    if (child.exitCode !== null) this.#process = undefined;
    return report;
  }

  close(): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }
}
