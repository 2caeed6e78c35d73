import type { Clock, Log } from '../../model/seams.ts';
import { Throttle } from '../throttle.ts';

const WINDOW = 10_000;

/** What the log hears of a channel: often enough to notice, and never what a message says. */
export class ChannelLog {
  readonly #log: Log;
  readonly #fields: object;
  readonly #throttles: Record<'skipped' | 'dropped', Throttle>;

  /** @param fields what every line names, such as the upstream */
  constructor(log: Log, fields: object, clock: Clock) {
    this.#log = log;
    this.#fields = fields;
    const throttle = () => new Throttle({ burst: 1, window: WINDOW, clock });
    this.#throttles = { skipped: throttle(), dropped: throttle() };
  }

  /** @param code what was wrong with the message */
  skipped(code: string): void {
    const before = this.#throttles.skipped.pass();
    if (before === undefined) return;
    const fields = { ...this.#fields, code, messages: before + 1 };
    this.#log.warn(fields, 'the upstream sent what is no message; skipped');
  }

  dropped(): void {
    const before = this.#throttles.dropped.pass();
    if (before === undefined) return;
    const fields = { ...this.#fields, frames: before + 1 };
    this.#log.warn(fields, 'messages of the upstream were dropped, since nobody listens');
  }

  ended(fields: object, how: string): void {
    this.#log.warn({ ...this.#fields, ...fields }, how);
  }
}
