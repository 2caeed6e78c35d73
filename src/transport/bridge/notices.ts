import { textMember } from '../../model/json.ts';
import type { NotificationFrame } from '../../model/message.ts';
import { listenFilters } from '../../protocol/listen-filter.ts';

/** The member of a subscription's filter that asks for such a notification; undefined where none does. */
export function filterFor(method: string): string | undefined {
  // Tasks don't cross eras.
  return method === 'notifications/tasks' ? undefined : listenFilters.get(method)?.filter;
}

/** Changes that nobody has heard of yet. That something changed twice is no more news than that it changed. */
export class Notices {
  readonly #limit: number;
  readonly #waiting = new Map<string, NotificationFrame>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(frame: NotificationFrame): void {
    const { method, params } = frame.message;
    const key = `${method} ${textMember(params, 'uri') ?? ''}`;
    if (this.#waiting.size < this.#limit || this.#waiting.has(key)) this.#waiting.set(key, frame);
  }

  /** All of them; none is left. */
  take(): NotificationFrame[] {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    return all;
  }
}
