import { type Json, type JsonObject, withMember } from '../../../model/json.ts';
import type { Frame, NotificationFrame } from '../../../model/message.ts';
import { without } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import { listFilters } from '../../../protocol/listen-filter.ts';
import { metaKeys, metaOf } from '../../../protocol/meta.ts';
import { LATEST_STATELESS } from '../../../protocol/revisions.ts';
import type { GuardedSink } from '../../channel/guarded-sink.ts';
import type { Aside } from '../ask.ts';
import type { Bridge } from '../bridge.ts';
import { type RpcError, requestUp, rpcError } from '../frames.ts';
import { filterFor, Notices } from '../notices.ts';

export interface ListeningOptions {
  readonly bridge: Bridge;
  readonly owner: string;
  /** `_meta` of requests. */
  readonly envelope: JsonObject;
  readonly newId: () => number;
}

/** One `subscriptions/listen` at the upstream. */
interface Subscription {
  readonly abort: AbortController;
  acknowledged: boolean;
}

type Answer = (error?: RpcError) => void;

/** The longest time between two tries to open a lost subscription again, in milliseconds. */
const MAX_DELAY = 60_000;

/**
 * What a session-era client hears of changes at a stateless upstream: its streams and its subscriptions to resources are
 * one `subscriptions/listen`, which is opened anew whenever they change and closed only when the next is acknowledged.
 */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #streams = new Set<GuardedSink>();
  readonly #uris = new Set<string>();
  /** Told whether their resource is subscribed to once the upstream has said what it accepts. */
  readonly #waiting = new Map<string, Answer[]>();
  readonly #notices: Notices;
  #current: Subscription | undefined;
  /** The one that notifies until the current one is acknowledged. */
  #previous: Subscription | undefined;
  #tries = 0;
  #closed = false;
  #reopening: NodeJS.Timeout | undefined;

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#notices = new Notices(options.bridge.limits.items + listFilters.length);
  }

  get isEmpty(): boolean {
    return this.#streams.size === 0 && this.#uris.size === 0;
  }

  /** Opens a client's stream. It stays open whether the upstream has anything to tell or not. */
  listen(sink: GuardedSink, over: () => void): void {
    if (sink.over) return over();
    sink.open({ streamed: true });
    this.#streams.add(sink);
    sink.onOver = () => {
      this.#streams.delete(sink);
      if (this.#streams.size === 0) this.#refresh();
      over();
    };
    for (const notice of this.#notices.take()) void this.#deliver(notice);
    if (this.#streams.size === 1) this.#refresh();
  }

  /** Resolves with the error if the upstream does not notify of the resource. */
  subscribe(uri: string, aside: Aside): Promise<RpcError | undefined> {
    const { limits } = this.#options.bridge;
    if (!this.#uris.has(uri) && this.#uris.size >= limits.items) {
      const said = `a session may subscribe to ${limits.items} resources`;
      return Promise.resolve(rpcError(rpcCodes.invalidParams, said));
    }
    return new Promise((resolve) => {
      const answers = this.#waiting.get(uri) ?? [];
      this.#waiting.set(uri, [...answers, resolve]);
      this.#uris.add(uri);
      this.#refresh(aside);
    });
  }

  unsubscribe(uri: string, aside?: Aside): void {
    if (!this.#uris.delete(uri)) return;
    this.#answer(uri, rpcError(rpcCodes.internal, 'the subscription was taken back'));
    this.#refresh(aside);
  }

  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams]) stream.end();
    this.#streams.clear();
    for (const uri of [...this.#uris]) this.unsubscribe(uri);
    this.#closeAll();
  }

  #refresh(aside?: Aside): void {
    clearTimeout(this.#reopening);
    if (this.#closed || this.isEmpty) return this.#closeAll();
    if (this.#current?.acknowledged) this.#previous = this.#current;
    else this.#current?.abort.abort();
    const subscription = { abort: new AbortController(), acknowledged: false };
    this.#current = subscription;
    aside?.('subscriptions/listen');
    this.#open(subscription);
  }

  #open(subscription: Subscription): void {
    const { bridge, owner, envelope, newId } = this.#options;
    const params = { notifications: this.#filter(), _meta: envelope };
    const { handshake } = bridge.times;
    const late = rpcError(rpcCodes.internal, 'the upstream did not take the subscription in time');
    const timer = setTimeout(() => {
      if (!subscription.acknowledged) this.#lost(subscription, late);
    }, handshake).unref();
    const over = (error: RpcError) => {
      clearTimeout(timer);
      this.#lost(subscription, error);
    };
    subscription.abort.signal.addEventListener('abort', () => clearTimeout(timer));
    const ended = rpcError(rpcCodes.internal, 'the upstream ended the subscription');
    bridge.inner.send(
      requestUp(newId(), 'subscriptions/listen', params),
      { owner, protocol: LATEST_STATELESS },
      {
        open: () => undefined,
        frame: (frame) => this.#frame(subscription, frame, over),
        end: () => over(ended),
        fail: ({ message }) => over(rpcError(rpcCodes.internal, message)),
      },
      subscription.abort.signal,
    );
  }

  #filter(): JsonObject {
    const uris = this.#uris.size > 0 ? { resourceSubscriptions: [...this.#uris] } : {};
    if (this.#streams.size === 0) return uris;
    return { ...Object.fromEntries(listFilters.map((name) => [name, true])), ...uris };
  }

  #frame(
    subscription: Subscription,
    frame: Frame,
    over: (error: RpcError) => void,
  ): void | Promise<void> {
    if (frame.kind === 'error') return over(frame.message.error);
    if (frame.kind !== 'notification') return;
    const { method, params } = frame.message;
    if (method === 'notifications/subscriptions/acknowledged') {
      return this.#acknowledged(subscription, params?.notifications);
    }
    if (filterFor(method) !== undefined) return this.#deliver(untagged(frame));
  }

  #acknowledged(subscription: Subscription, accepted: Json | undefined): void {
    if (subscription !== this.#current) return;
    subscription.acknowledged = true;
    this.#tries = 0;
    this.#previous?.abort.abort();
    this.#previous = undefined;
    const uris = (accepted as JsonObject | undefined)?.resourceSubscriptions;
    const said = 'the upstream does not notify of changes of this resource';
    for (const uri of [...this.#waiting.keys()]) {
      const isAccepted = Array.isArray(uris) && uris.includes(uri);
      if (!isAccepted) this.#uris.delete(uri);
      this.#answer(uri, isAccepted ? undefined : rpcError(rpcCodes.invalidParams, said));
    }
  }

  /** It is over before it was acknowledged, or later; what waits for it is told, and what stands is opened again. */
  #lost(subscription: Subscription, error: RpcError): void {
    subscription.abort.abort();
    if (subscription === this.#previous) this.#previous = undefined;
    if (subscription !== this.#current) return;
    this.#current = undefined;
    for (const uri of [...this.#waiting.keys()]) {
      this.#uris.delete(uri);
      this.#answer(uri, error);
    }
    if (this.#closed || this.isEmpty) return this.#closeAll();
    // There is nothing to be opened again at an upstream that has no subscriptions.
    if (error.code === rpcCodes.methodNotFound) return;
    const { reopen } = this.#options.bridge.times;
    const delay = Math.min(reopen * 2 ** this.#tries++, MAX_DELAY);
    this.#reopening = setTimeout(() => this.#refresh(), delay).unref();
  }

  #answer(uri: string, error?: RpcError): void {
    const answers = this.#waiting.get(uri) ?? [];
    this.#waiting.delete(uri);
    for (const answer of answers) answer(error);
  }

  /** A message goes out on one stream only (2025-11-25, transports, multiple connections). */
  #deliver(frame: NotificationFrame): void | Promise<void> {
    const [stream] = this.#streams;
    if (stream) return stream.frame(frame);
    this.#notices.add(frame);
  }

  #closeAll(): void {
    clearTimeout(this.#reopening);
    this.#current?.abort.abort();
    this.#previous?.abort.abort();
    this.#current = undefined;
    this.#previous = undefined;
  }
}

/** The notification as the session era knows it: without the name of the subscription. */
function untagged(frame: NotificationFrame): NotificationFrame {
  const { params } = frame.message;
  const meta = metaOf(params);
  if (!params || !Object.hasOwn(meta, metaKeys.subscriptionId)) return frame;
  const rest = without(meta, [metaKeys.subscriptionId]);
  const kept =
    Object.keys(rest).length === 0 ? without(params, ['_meta']) : withMember(params, '_meta', rest);
  const { source: _, ...bare } = frame;
  return { ...bare, message: { ...frame.message, params: kept } };
}
