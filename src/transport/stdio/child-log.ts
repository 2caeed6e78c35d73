import type { Clock, Log } from '../../model/seams.ts';
import { Throttle } from '../throttle.ts';

const WINDOW = 10_000;
/** Lines of standard error in a window. */
const BURST = 100;

/** What the log hears of a process's standard error. */
export class ChildLog {
  readonly #log: Log;
  readonly #fields: object;
  readonly #throttle: Throttle;

  /** @param fields what every line names, such as the upstream */
  constructor(log: Log, fields: object, clock: Clock) {
    this.#log = log;
    this.#fields = fields;
    this.#throttle = new Throttle({ burst: BURST, window: WINDOW, clock });
  }

  /** At debug level, because servers write what they are asked, and the log is no place for payloads. */
  stderr(line: string): void {
    const before = this.#throttle.pass();
    if (before === undefined) return;
    const fields = { ...this.#fields, line, ...(before > 0 ? { leftOut: before } : {}) };
    this.#log.debug(fields, 'the upstream wrote to standard error');
  }
}
