import { createHash } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import type { AnswerFrame, Frame, NotificationFrame, Request } from '../model/message.ts';

/** A request that can be sent again. */
export type Repeatable = Omit<Request, 'id' | 'jsonrpc'>;

export interface SentFacts {
  readonly asked: string | undefined;
  readonly readsOnly: boolean;
}

/** Characters that the params of a remembered request may have, written as JSON. */
const MAX_PARAMS = 65_536;
const MAX_SUBSCRIPTIONS = 100;

/** What leaves nothing behind in a session: requests, notifications, and what a client answers for the asking. */
const harmless = new Set([
  'roots/list',
  ...['ping', 'completion/complete', 'prompts/get', 'prompts/list'],
  ...['resources/read', 'resources/list', 'resources/templates/list', 'tools/list'],
  ...['notifications/cancelled', 'notifications/progress', 'notifications/roots/list_changed'],
]);
/** What the gate says again when the session is begun again. */
const repeated = new Set([
  ...['notifications/initialized', 'logging/setLevel'],
  ...['resources/subscribe', 'resources/unsubscribe'],
]);

/**
 * What a session of an upstream was told, so that it can be begun again: how it began, and whether anything has gone up
 * in it that the upstream may remember and the gate can't say again.
 */
export class SessionMemory {
  /** The `initialize` that began it, as it left the gate. */
  readonly founding: Repeatable;
  readonly #digest: string;
  #initialized: NotificationFrame | undefined;
  #level: Repeatable | undefined;
  readonly #subscriptions = new Map<string, Repeatable>();
  /** Messages sent that may have left something behind. */
  #lasting = 0;

  private constructor(params: JsonObject, digest: string) {
    this.founding = { method: 'initialize', params };
    this.#digest = digest;
  }

  /** Undefined where the params are too large to be kept. */
  static of(params: JsonObject | undefined, answer: AnswerFrame): SessionMemory | undefined {
    const digest = digestOf(answer);
    if (!params || digest === undefined || JSON.stringify(params).length > MAX_PARAMS) return;
    return new SessionMemory(params, digest);
  }

  /** True while a new session can take the place of this one without anybody noticing. */
  get isRepeatable(): boolean {
    return this.#lasting === 0;
  }

  /** The notification that ended the handshake, once it was sent. */
  get initialized(): NotificationFrame | undefined {
    return this.#initialized;
  }

  /** Requests that bring a new session to where this one was. */
  get requests(): readonly Repeatable[] {
    return [...(this.#level ? [this.#level] : []), ...this.#subscriptions.values()];
  }

  /** True where the answer says of the upstream what it said when the session began. */
  fits(answer: AnswerFrame): boolean {
    return digestOf(answer) === this.#digest;
  }

  /**
   * A message goes up now. It may leave something behind unless it is known not to.
   *
   * @param facts.asked the method of the upstream's request that it answers
   * @param facts.readsOnly the tool that it calls says so of itself
   * @returns takes it back: the upstream has certainly not looked at it
   */
  sent(frame: Frame, { asked, readsOnly }: SentFacts): () => void {
    const method = 'method' in frame.message ? frame.message.method : asked;
    if (method !== undefined && harmless.has(method)) return () => undefined;
    if (method !== undefined && repeated.has(method)) return this.#keep(frame);
    if (readsOnly) return () => undefined;
    this.#lasting++;
    return () => {
      this.#lasting--;
    };
  }

  #keep(frame: Frame): () => void {
    if (frame.kind === 'notification') {
      this.#initialized = frame;
      return () => {
        this.#initialized = undefined;
      };
    }
    if (frame.kind !== 'request') return () => undefined;
    const { method, params = {} } = frame.message;
    const uri = String(params.uri);
    if (method === 'logging/setLevel') this.#level = { method, params };
    else if (method === 'resources/unsubscribe') this.#subscriptions.delete(uri);
    else if (this.#subscriptions.size < MAX_SUBSCRIPTIONS || this.#subscriptions.has(uri)) {
      this.#subscriptions.set(uri, { method, params });
    } else this.#lasting++;
    // Saying these twice does no harm.
    return () => undefined;
  }
}

/** What an `initialize` result says of the upstream; undefined of an error. */
function digestOf({ message }: AnswerFrame): string | undefined {
  if (!('result' in message)) return undefined;
  const { protocolVersion, capabilities, serverInfo, instructions } = message.result;
  const said = JSON.stringify([protocolVersion, capabilities, serverInfo, instructions]);
  return createHash('sha256').update(said).digest('base64');
}
