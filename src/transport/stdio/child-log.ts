import type { Clock, Log } from '../../model/seams.ts';
import { Throttle } from '../throttle.ts';

const WINDOW = 10_000;
/** Lines of standard error in a window. */
const STDERR_BURST = 100;

/** What the log hears of a process: often enough to notice, and never what a message says. */
export class ChildLog {
  readonly #log: Log;
  readonly #fields: object;
  readonly #throttles: Record<'skipped' | 'dropped' | 'stderr', Throttle>;

  /** @param fields what every line names, such as the upstream */
  constructor(log: Log, fields: object, clock: Clock) {
    this.#log = log;
    this.#fields = fields;
    const throttle = (burst: number) => new Throttle({ burst, window: WINDOW, clock });
    this.#throttles = {
      skipped: throttle(1),
      dropped: throttle(1),
      stderr: throttle(STDERR_BURST),
    };
  }

  /** @param code what was wrong with the line */
  skipped(code: string): void {
    const before = this.#throttles.skipped.pass();
    if (before === undefined) return;
    const fields = { ...this.#fields, code, lines: before + 1 };
    this.#log.warn(fields, 'the upstream wrote what is no message to standard output; skipped');
  }

  dropped(): void {
    const before = this.#throttles.dropped.pass();
    if (before === undefined) return;
    const fields = { ...this.#fields, frames: before + 1 };
    this.#log.warn(fields, 'messages of the upstream were dropped, since nobody listens');
  }

  /** At debug level, because servers write what they are asked, and the log is no place for payloads. */
  stderr(line: string): void {
    const before = this.#throttles.stderr.pass();
    if (before === undefined) return;
    const fields = { ...this.#fields, line, ...(before > 0 ? { leftOut: before } : {}) };
    this.#log.debug(fields, 'the upstream wrote to standard error');
  }

  ended(pid: number | undefined, how: string): void {
    const hint = 'what it wrote to standard error is in the log at level debug';
    this.#log.warn({ ...this.#fields, pid, hint }, how);
  }
}
