import { unreachable } from '../../model/errors.ts';
import type { AnswerFrame, Frame, NotificationFrame, RequestFrame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import { progressTokenOf } from '../../protocol/meta.ts';
import type { Calls } from './calls.ts';
import type { Outbox } from './outbox.ts';

/**
 * Finds who gets what a session's upstream sends. Unlike Streamable HTTP, a channel has one stream for everything, so what a message
 * belongs to is told by ids and progress tokens, and by who waits.
 */
export class Router {
  readonly #calls: Calls;
  readonly #outbox: Outbox;
  readonly #log: Log;

  constructor(calls: Calls, outbox: Outbox, log: Log) {
    this.#calls = calls;
    this.#outbox = outbox;
    this.#log = log;
  }

  route(frame: Frame): void | Promise<void> {
    switch (frame.kind) {
      case 'result':
      case 'error':
        return this.#answer(frame);
      case 'request':
        return this.#request(frame);
      case 'notification':
        return this.#notification(frame);
      default:
        return unreachable(frame);
    }
  }

  #answer(frame: AnswerFrame): void | Promise<void> {
    const { id } = frame.message;
    const call = id === null ? undefined : this.#calls.settle(id);
    if (call) return call.deliver(frame);
    this.#log.debug({}, 'an answer that nobody waits for was dropped');
  }

  /** It needs an answer, so any call that waits is better than none. */
  #request(frame: RequestFrame): void | Promise<void> {
    const call = this.#outbox.hasListener ? this.#onlyCall() : this.#calls.oldest();
    return call ? call.deliver(frame) : this.#outbox.deliver(frame);
  }

  #notification(frame: NotificationFrame): void | Promise<void> {
    if (frame.message.method === 'notifications/progress') return this.#progress(frame);
    const call = this.#onlyCall();
    return call ? call.deliver(frame) : this.#outbox.deliver(frame);
  }

  #progress(frame: NotificationFrame): void | Promise<void> {
    const { params } = frame.message;
    const token = params && progressTokenOf(params);
    const call = token === undefined ? undefined : this.#calls.withToken(token);
    if (call) return call.deliver(frame);
    // Progress of something that is over isn't worth keeping, but that of a task may have a listener.
    if (this.#outbox.hasListener) return this.#outbox.deliver(frame);
    this.#log.debug({}, 'progress that nobody waits for was dropped');
  }

  /** With a single call under way, what the upstream sends belongs to it most likely. */
  #onlyCall() {
    return this.#calls.size === 1 ? this.#calls.oldest() : undefined;
  }
}
