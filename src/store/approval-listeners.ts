import { messageOf } from '../model/errors.ts';
import type { Log } from '../model/seams.ts';

/** Who wants to hear of approvals that have changed. */
export class ApprovalListeners {
  readonly #log: Log;
  readonly #listeners: ((id: string) => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: (id: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Never throws: what has changed is kept already. */
  tell(id: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(id);
      } catch (error) {
        const fields = { approval: id, cause: messageOf(error) };
        this.#log.error(fields, 'a change of an approval was not taken in');
      }
    }
  }
}
