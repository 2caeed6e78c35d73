import { randomBytes } from 'node:crypto';

/** A call that waits for what its client was asked for. */
export interface Waits {
  readonly owner: string;
  /** What it is about; its continuation must name the same. */
  readonly target: string;
  cancel(reason: string): void;
}

/**
 * Calls that have asked their clients something and go on when those come back. The token that names one is worth one
 * try, to its owner, for the same request.
 */
export class PendingCalls<Call extends Waits> {
  readonly #limit: number;
  readonly #time: number;
  readonly #calls = new Map<string, { readonly call: Call; readonly timer: NodeJS.Timeout }>();

  /**
   * @param limit calls of one owner
   * @param time milliseconds for which a client may think
   */
  constructor(limit: number, time: number) {
    this.#limit = limit;
    this.#time = time;
  }

  /** The token of a call, from now on; undefined where its owner has too many. */
  hold(call: Call): string | undefined {
    const own = this.#calls.values().filter((held) => held.call.owner === call.owner);
    if ([...own].length >= this.#limit) return undefined;
    const token = randomBytes(32).toString('base64url');
    const expire = () => {
      this.#calls.delete(token);
      call.cancel('the client did not come back in time');
    };
    this.#calls.set(token, { call, timer: setTimeout(expire, this.#time).unref() });
    return token;
  }

  /** The call that goes on; undefined where there is none for this owner and request. */
  take(token: string, owner: string, target: string): Call | undefined {
    const held = this.#calls.get(token);
    if (held?.call.owner !== owner || held.call.target !== target) return undefined;
    clearTimeout(held.timer);
    this.#calls.delete(token);
    return held.call;
  }

  /** Cancels all of them. */
  stop(): void {
    for (const { call, timer } of this.#calls.values()) {
      clearTimeout(timer);
      call.cancel('the gate is stopping');
    }
    this.#calls.clear();
  }
}
