import type { GateError } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { NotificationFrame } from '../../model/message.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';
import type { SharedCall } from './shared-call.ts';

/** The calls of a shared channel that wait, by the ids that they have on the wire. */
export class SharedCalls {
  readonly #waiting = new Map<Json, SharedCall>();

  get size(): number {
    return this.#waiting.size;
  }

  add(shared: SharedCall): void {
    this.#waiting.set(shared.name.id, shared);
  }

  /** Takes a call out: its answer is here, or nobody waits for it. */
  take(id: Json): SharedCall | undefined {
    const shared = this.#waiting.get(id);
    this.#waiting.delete(id);
    return shared;
  }

  /** The call that a notification belongs to (2026-07-28, transports, stdio). */
  ownerOf({ message: { method, params } }: NotificationFrame): SharedCall | undefined {
    const subscription = metaOf(params)[metaKeys.subscriptionId];
    if (subscription !== undefined) return this.subscription(subscription);
    if (method === 'notifications/progress') return this.#withToken(params);
    const [only, ...others] = this.#waiting.values().filter(({ listens }) => !listens);
    return others.length === 0 ? only : undefined;
  }

  subscription(id: Json): SharedCall | undefined {
    const shared = this.#waiting.get(id);
    return shared?.listens ? shared : undefined;
  }

  failAll(error: GateError): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const call of all) call.fail(error);
  }

  #withToken(params: JsonObject | undefined): SharedCall | undefined {
    const token = params?.progressToken;
    const shared = token === undefined ? undefined : this.#waiting.get(token);
    return shared?.name.hasToken(token) ? shared : undefined;
  }
}
