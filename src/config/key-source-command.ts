import { spawn } from 'node:child_process';
import { type ErrorCode, GateError } from '../model/errors.ts';

/** How long a program may take, in milliseconds, and how much it may print, in bytes. */
const TIMEOUT = 10_000;
const MOST = 4_096;

const BY_HAND =
  'run it by hand to see what it says: its errors are not shown, for they may hold secrets';

/**
 * What a program prints. It is run without a shell, with the environment of the gate, and without input.
 *
 * @returns a rejection (GateError of the code) where it can't be run, fails, prints too much or takes too long
 */
export function textOfCommand(
  [program = '', ...args]: readonly string[],
  code: ErrorCode,
  cwd: string,
  timeout = TIMEOUT,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, hint = BY_HAND) => {
      reject(new GateError(code, `cannot get a key from "${program}": ${why}`, { hint }));
    };
    // A group of its own, so that whatever it starts ends with it.
    const child = spawn(program, args, {
      ...{ cwd, shell: false, detached: process.platform !== 'win32', windowsHide: true },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let why: string | undefined;
    const end = (reason: string) => {
      why ??= reason;
      kill(child.pid);
      // Somebody who has left the group may still hold its output.
      child.stdout.destroy();
    };
    const timer = setTimeout(() => end(`it took longer than ${timeout / 1_000} s`), timeout);
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST) end(`it printed more than ${MOST} bytes`);
      else chunks.push(chunk);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const missing = error.code === 'ENOENT';
      fail(
        missing ? 'there is no such program' : `it cannot be run (${error.code})`,
        'mend its path',
      );
    });
    child.on('close', (exit, signal) => {
      clearTimeout(timer);
      if (why !== undefined) fail(why);
      else if (exit !== 0)
        fail(exit === null ? `it was ended by ${signal}` : `it ended with ${exit}`);
      else resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
