import type { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';
import type { Call } from './call.ts';

/** More ids than this that were given up and never answered end the session. */
const MAX_ABANDONED = 4_096;

/** The calls of a session that wait. A JSON-RPC id keeps its kind: 1 and "1" are two calls. */
export class Calls {
  readonly #waiting = new Map<RequestId, Call>();
  readonly #abandoned = new Set<RequestId>();

  get size(): number {
    return this.#waiting.size;
  }

  /** So many calls were given up that no more can be told apart. */
  get exhausted(): boolean {
    return this.#abandoned.size > MAX_ABANDONED;
  }

  /**
   * True while an answer to this id may still come. A call that was given up counts: its late answer would else be
   * taken for that of a new call with the same id, and judged by the wrong rules.
   */
  isTaken(id: RequestId): boolean {
    return this.#waiting.has(id) || this.#abandoned.has(id);
  }

  add(call: Call): void {
    this.#waiting.set(call.id, call);
  }

  /** The call that an answer is for; it waits no longer. */
  settle(id: RequestId): Call | undefined {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#abandoned.delete(id);
    return call;
  }

  /** Gives a call up, unless its answer has come. True if it was waiting. */
  abandon(call: Call): boolean {
    if (this.#waiting.get(call.id) !== call) return false;
    this.#waiting.delete(call.id);
    this.#abandoned.add(call.id);
    return true;
  }

  withToken(token: string): Call | undefined {
    return this.#waiting.values().find((call) => call.progressToken === token);
  }

  oldest(): Call | undefined {
    return this.#waiting.values().next().value;
  }

  failAll(error: GateError): void {
    for (const call of [...this.#waiting.values()]) call.fail(error);
  }
}
