import { isList, type JsonObject, textMember, withMember } from '../../../model/json.ts';
import type { AnswerFrame, Frame, NotificationFrame, RequestId } from '../../../model/message.ts';
import { listenFilters } from '../../../protocol/listen-filter.ts';
import { metaKeys, metaOf } from '../../../protocol/meta.ts';
import type { Turns } from '../../../replay/mock/matching.ts';
import type { Line } from '../../../replay/mock/script.ts';
import type { GuardedSink } from '../../../transport/channel/guarded-sink.ts';

/** Messages that wait for a client to listen; more are not kept. */
const MAX_WAITING = 1_000;

/** An open `subscriptions/listen`. */
export interface Subscription {
  readonly id: RequestId;
  /** What it has opted in to. */
  readonly filter: JsonObject;
  readonly sink: GuardedSink;
}

/** What a mock knows of one client: how far it has come in what was recorded. */
export class MockSession {
  readonly id: string;
  /** How often each answer was given. */
  readonly turns: Turns = new Map();
  /** Exchanges whose followers have been sent. */
  readonly followed = new Set<string>();
  /** Calls under way, by the client's request id. */
  readonly calls = new Map<RequestId, AbortController>();
  readonly #asked = new Map<RequestId, (answer: AnswerFrame) => void>();
  readonly #waiting: Frame[] = [];
  readonly #subscriptions = new Set<Subscription>();
  readonly #over = new AbortController();
  #stream: GuardedSink | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** Aborted when it ends. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** True while the client hears what belongs to no call. */
  get listens(): boolean {
    return this.#stream !== undefined && !this.#stream.over;
  }

  /** The stream for what belongs to no call; what waited for it goes out. */
  listen(stream: GuardedSink): void {
    this.#stream = stream;
    stream.open({ streamed: true });
    for (const frame of this.#waiting.splice(0)) stream.frame(frame);
  }

  /** Brings a subscription what it has opted in to, until the signal says that it is over (2026-07-28). */
  subscribe(subscription: Subscription, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#subscriptions.add(subscription);
    signal.addEventListener('abort', () => this.#subscriptions.delete(subscription), {
      once: true,
    });
  }

  /** Sends what belongs to no call, now or as soon as the client listens; without sessions to whoever subscribes. */
  async tell(frame: Line['frame']): Promise<void> {
    if (this.listens) await this.#stream?.frame(frame);
    else if (this.id === '') {
      for (const subscription of this.#subscriptions) {
        const tagged = frame.kind === 'request' ? undefined : broughtBy(subscription, frame);
        if (tagged) await subscription.sink.frame(tagged);
      }
    } else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(frame);
  }

  /** Resolves once the client has answered a request, or the signal says that nobody waits any longer. */
  answered(id: RequestId, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = () => {
      this.#asked.delete(id);
      signal.removeEventListener('abort', over);
      resolve();
    };
    this.#asked.set(id, over);
    signal.addEventListener('abort', over, { once: true });
    if (signal.aborted) over();
    return promise;
  }

  /** The client answers a request; one that nobody has made is ignored. */
  settle(answer: AnswerFrame): void {
    if (answer.message.id !== null) this.#asked.get(answer.message.id)?.(answer);
  }

  /** Gives up all that goes on in it. */
  end(): void {
    this.#over.abort();
    for (const call of this.calls.values()) call.abort();
    this.calls.clear();
    this.#stream?.end();
    this.#stream = undefined;
  }
}

/** A notification as a subscription brings it; undefined where it has not opted in to that. */
function broughtBy(
  { id, filter }: Subscription,
  { message }: NotificationFrame,
): NotificationFrame | undefined {
  const { method, params = {} } = message;
  const needed = listenFilters.get(method);
  const opted = needed && filter[needed.filter];
  if (!needed || opted === undefined || opted === false) return undefined;
  const about = needed.about === undefined ? undefined : textMember(params, needed.about);
  const covers = (one: unknown) => typeof one === 'string' && about?.startsWith(one) === true;
  if (needed.about !== undefined && !(isList(opted) && opted.some(covers))) return undefined;
  const _meta = withMember(metaOf(params), metaKeys.subscriptionId, id);
  return {
    ...{ kind: 'notification', direction: 'down' },
    message: { jsonrpc: '2.0', method, params: { ...params, _meta } },
  };
}
