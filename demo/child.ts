import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { messageOf } from '../src/model/errors.ts';

export interface ChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** How long a process may take to end before it is killed, in milliseconds. */
const PATIENCE = 5_000;

/** A program that runs beside the demo on the same Node.js. What it says on standard error is kept. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  readonly #ended: Promise<string>;

  /** @param args script and its arguments */
  constructor(name: string, args: readonly string[], { cwd, env }: ChildOptions) {
    this.#name = name;
    this.#process = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // Last resort where the demo ends in a way that runs no `finally`.
    const kill = () => void this.#process.kill('SIGKILL');
    process.once('exit', kill);
    this.#ended = new Promise<string>((resolve) => {
      this.#process.once('error', (error) => resolve(messageOf(error)));
      this.#process.once('close', (code, signal) => resolve(String(signal ?? code)));
    }).finally(() => process.off('exit', kill));
    const { stderr } = this.#process;
    if (stderr) createInterface(stderr).on('line', (line) => this.#hear(line));
  }

  /** What it has said on standard error so far. */
  get said(): string {
    return this.#lines.join('\n');
  }

  /** Waits for a line in which `find` finds something. */
  async hear<Found>(find: (line: string) => Found | undefined): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const listener = (line: string) => {
      const found = find(line);
      if (found !== undefined) resolve(found);
    };
    this.#lines.forEach(listener);
    this.#listeners.add(listener);
    void this.#ended.then((how) => {
      reject(new Error(`${this.#name} ended (${how}) before it was ready:\n${this.said}`));
    });
    return promise.finally(() => this.#listeners.delete(listener));
  }

  /** Asks it to end, and says how it did: its exit code, or the signal that ended it. */
  async stop(): Promise<string> {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE);
    return this.#ended.finally(() => clearTimeout(timer));
  }

  #hear(line: string): void {
    this.#lines.push(line);
    for (const listener of this.#listeners) listener(line);
  }
}
