import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { GateError } from '../../model/errors.ts';
import type { Channel, ChannelEvents, Written } from '../channel/channel.ts';
import { childEnvironment } from './environment.ts';
import { LineDecoder } from './line-decoder.ts';
import { endGroup, ownGroup } from './process-group.ts';

export interface ChildOptions {
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Most bytes of a line, and of what waits to be read by the process before a write is refused. */
  readonly maxBytes: number;
  /** Milliseconds between the steps of ending it. */
  readonly grace: number;
  /** Hears of each line on standard error, or its beginning. */
  readonly onStderr: (line: string) => void;
}

const MAX_STDERR_LINE = 2_000;

/** A process in a group of its own, and its lines: a message each. */
export class Child implements Channel {
  readonly #options: ChildOptions;
  readonly #events: ChannelEvents;
  readonly #process: ChildProcessWithoutNullStreams | undefined;
  #paused = false;
  #chunks = 0;
  #exited = false;
  #closing: Promise<void> | undefined;

  /** Starts it. Whether that works, {@link ChannelEvents.gone} tells. */
  constructor(options: ChildOptions, events: ChannelEvents) {
    this.#options = options;
    this.#events = events;
    this.#process = this.#start();
  }

  get logFields(): object {
    const hint = 'what it wrote to standard error is in the log at level debug';
    return { pid: this.#process?.pid, hint };
  }

  /** True while what it says is not read. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Sends a line. UPSTREAM_UNREACHABLE where too much waits already because the process does not read. */
  write(line: string): Written {
    const stdin = this.#process?.stdin;
    if (!stdin) return undefined;
    if (stdin.writableLength > this.#options.maxBytes) {
      return new GateError('UPSTREAM_UNREACHABLE', 'the upstream does not read its input');
    }
    stdin.write(`${line}\n`);
    return undefined;
  }

  /** Ends it and everything that it started. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #start(): ChildProcessWithoutNullStreams | undefined {
    const { command, cwd, env } = this.#options;
    const [program = '', ...args] = command;
    try {
      const options = { cwd, env: childEnvironment(env), detached: true, shell: false };
      const child = spawn(program, args, { ...options, stdio: 'pipe', windowsHide: true });
      child.on('error', (error) => {
        if (child.pid === undefined) this.#events.gone(unreachable(program, error));
      });
      if (child.pid === undefined) return undefined;
      ownGroup(child.pid);
      this.#follow(child);
      return child;
    } catch (error) {
      // Some causes, such as a NUL byte in an argument, are thrown instead of emitted.
      setImmediate(() => this.#events.gone(unreachable(program, error)));
      return undefined;
    }
  }

  #follow(child: ChildProcessWithoutNullStreams): void {
    child.stdin.on('error', () => this.#wane());
    this.#readErrors(child);
    const read = this.#read(child);
    child.once('exit', (code, signal) => {
      this.#exited = true;
      void this.#end(read, code === null ? `was ended by ${signal}` : `exited with code ${code}`);
    });
  }

  #readErrors({ stderr }: ChildProcessWithoutNullStreams): void {
    const tell = (line: Uint8Array) => this.#options.onStderr(Buffer.from(line).toString('utf8'));
    const decoder = new LineDecoder(MAX_STDERR_LINE, tell);
    stderr.on('error', () => {});
    stderr.on('data', (chunk: Buffer) => decoder.push(chunk).forEach(tell));
    stderr.on('end', () => decoder.end().forEach(tell));
  }

  async #read({ stdout }: ChildProcessWithoutNullStreams): Promise<void> {
    const decoder = new LineDecoder(this.#options.maxBytes, () => this.#events.tooLarge());
    try {
      for await (const chunk of stdout) {
        this.#chunks++;
        await this.#handOn(decoder.push(chunk));
      }
      await this.#handOn(decoder.end());
    } catch {
      // Destroyed, by close() or by the system: there is no more to read.
    }
    this.#wane();
  }

  async #handOn(lines: Iterable<Uint8Array>): Promise<void> {
    for (const line of lines) {
      const taken = this.#events.message(line);
      if (!taken) continue;
      this.#paused = true;
      await taken;
      this.#paused = false;
    }
  }

  /** A process that we can't write to or read from any more is of no use. */
  #wane(): void {
    this.#events.closing();
    void this.close();
  }

  async #end(read: Promise<void>, how: string): Promise<void> {
    this.#wane();
    await this.close();
    await this.#drained(read);
    this.#events.gone(new GateError('UPSTREAM_ENDED', `the upstream's process ${how}`));
  }

  /** Waits until all it said is read; a process that left the group may hold the pipe open, so not for ever. */
  async #drained(read: Promise<void>): Promise<void> {
    let done = false;
    void read.then(() => {
      done = true;
    });
    for (let seen = -1; seen !== this.#chunks || this.#paused; ) {
      seen = this.#chunks;
      await Promise.race([read, sleep(this.#options.grace, undefined, { ref: false })]);
      if (done) return;
    }
    this.#process?.stdout.destroy();
    await read;
  }

  async #close(): Promise<void> {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    this.#process?.stdin.end();
    const { grace } = this.#options;
    await endGroup(pid, this.#exited ? 0 : grace, grace);
    this.#process?.stdin.destroy();
  }
}

/** The system's error text may hold arguments, and arguments secrets: its code says enough. */
function unreachable(program: string, error: unknown): GateError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const hint = 'check `command` and `cwd` of the upstream';
  return new GateError('UPSTREAM_UNREACHABLE', `"${program}" cannot be started: ${code}`, { hint });
}
