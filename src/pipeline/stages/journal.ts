import { messageOf } from '../../model/errors.ts';
import type { Log, Recorder } from '../../model/seams.ts';
import type { Exchange } from '../exchange.ts';

/** Ended exchanges whose notes wait for the store to take some again; those beyond are lost, and counted. */
const MAX_OWED = 256;
/** Milliseconds between two lines of log on a store that fails. */
const QUIET = 10_000;

/** Writes what exchanges note. What the store doesn't take is written later where that can be, and counted otherwise. */
export class Journal {
  readonly #recorder: Recorder;
  readonly #log: Log;
  readonly #owed = new Set<Exchange>();
  #failed = 0;
  #lost = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(recorder: Recorder, log: Log) {
    this.#recorder = recorder;
    this.#log = log;
  }

  /** Writes what the exchange has noted since the last time. False where it could not be kept. Never rejects. */
  async write(exchange: Exchange): Promise<boolean> {
    if (!(await this.#append(exchange))) return false;
    if (this.#failed > 0) this.#recover(exchange.now());
    return true;
  }

  /** An exchange that has ended writes nothing more by itself; its notes wait for the next write that is taken. */
  owe(exchange: Exchange): void {
    if (!exchange.closed || this.#owed.has(exchange)) return;
    if (this.#owed.size < MAX_OWED) this.#owed.add(exchange);
    else this.#lost++;
  }

  async #append(exchange: Exchange): Promise<boolean> {
    const batch = exchange.takeBatch();
    if (!batch) return true;
    try {
      await this.#recorder.append(batch);
      return true;
    } catch (error) {
      this.#failed++;
      this.#lost += exchange.restore(batch);
      this.#complain(exchange, messageOf(error));
      return false;
    }
  }

  /** One line now and then: a store that fails does so for every message. */
  #complain({ id, now }: Exchange, cause: string): void {
    const at = now();
    if (at - this.#toldAt < QUIET) return;
    this.#toldAt = at;
    const counts = { failed: this.#failed, lost: this.#lost };
    const fields = { code: 'STORE_UNAVAILABLE', exchange: id, cause, ...counts };
    this.#log.error(fields, 'the transcript could not be written');
  }

  /** The store takes writes again: what is owed gets one more try. */
  #recover(at: number): void {
    const owed = [...this.#owed];
    this.#owed.clear();
    const failed = this.#failed;
    this.#failed = 0;
    this.#toldAt = at;
    void Promise.all(owed.map((exchange) => this.#append(exchange))).then((kept) => {
      const lost = this.#lost + kept.filter((it) => !it).length;
      this.#lost = 0;
      const fields = { code: 'STORE_UNAVAILABLE', failed, late: kept.filter(Boolean).length, lost };
      this.#log.warn(fields, 'the transcript can be written again');
    });
  }
}
