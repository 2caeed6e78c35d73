import { isObject, type Json, type JsonObject, member } from '../model/json.ts';
import type { Frame, NotificationFrame, RequestId, ResultFrame } from '../model/message.ts';
import { rpcCodes } from '../protocol/jsonrpc.ts';
import { metaKeys, metaOf } from '../protocol/meta.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../transport/contract.ts';
import type { ListKind } from './list-changes.ts';
import { compileFilter, joinFilters, type Wanted } from './subscription-filter.ts';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/** True of what acknowledges a subscription. */
export function isAcknowledgement({ message }: Frame): boolean {
  return 'method' in message && message.method === ACKNOWLEDGED;
}

/**
 * The upstream's side of an open `subscriptions/listen` (2026-07-28, subscriptions): acknowledged first, then only what
 * the client opted in to, each message under the client's own id. The gate has news too, so it keeps the subscription
 * open where the upstream has none to give.
 */
export class Subscription implements UpstreamLink {
  readonly #link: UpstreamLink;
  /** What the gate itself says. */
  readonly #news = new WeakSet<Frame>();
  #sink: UpstreamSink | undefined;
  #id: RequestId = 0;
  #asked: JsonObject = {};
  /** Undefined until it is acknowledged. */
  #accepted: JsonObject | undefined;
  #wants: Wanted = () => false;
  /** The upstream has no part in it. */
  #alone = false;

  constructor(link: UpstreamLink) {
    this.#link = link;
  }

  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    if (frame.kind === 'request') {
      const asked = frame.message.params?.notifications;
      this.#id = frame.message.id;
      this.#asked = isObject(asked) ? asked : {};
      this.#sink = sink;
    }
    const side: UpstreamSink = {
      open: (head) => sink.open(head),
      frame: (sent) => this.#frame(sent, sink),
      aside: (method) => sink.aside?.(method),
      end: () => {
        if (!this.#alone) sink.end();
      },
      fail: (error) => sink.fail(error),
    };
    this.#link.send(frame, session, side, signal);
  }

  listen(...args: Parameters<UpstreamLink['listen']>): void {
    this.#link.listen(...args);
  }

  end(session: UpstreamSession): Promise<void> {
    return this.#link.end(session);
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  /** Tells the client that a list may have changed, if it wants to hear of that. */
  announce(kind: ListKind): void {
    if (this.#accepted?.[`${kind}ListChanged`] !== true) return;
    const notice = this.#tagged(`notifications/${kind}/list_changed`, undefined);
    this.#news.add(notice);
    void this.#sink?.frame(notice);
  }

  /** True of what {@link announce} said. */
  isNews(frame: Frame): boolean {
    return this.#news.has(frame);
  }

  /** Ends it as it should end: with its result. */
  async conclude(): Promise<void> {
    const sink = this.#sink;
    if (!sink) return;
    if (!this.#accepted) await this.#acknowledge({}, sink);
    await sink.frame(this.#result({}));
  }

  #frame(frame: Frame, sink: UpstreamSink): void | Promise<void> {
    switch (frame.kind) {
      case 'request':
        return undefined;
      case 'notification':
        return this.#notice(frame, sink);
      case 'result':
        return sink.frame(this.#result(frame.message.result, frame.message.id));
      case 'error': {
        const { code } = frame.message.error;
        const isUnknown = code === rpcCodes.methodNotFound && !this.#accepted;
        if (!isUnknown || Object.keys(joinFilters(this.#asked, {})).length === 0) {
          return sink.frame(frame);
        }
        this.#alone = true;
        return this.#acknowledge({}, sink);
      }
    }
  }

  #notice({ message }: NotificationFrame, sink: UpstreamSink): void | Promise<void> {
    const { method, params } = message;
    if (method === ACKNOWLEDGED) {
      const theirs = params && member(params, 'notifications');
      return this.#accepted ? undefined : this.#acknowledge(theirs, sink, params);
    }
    if (!this.#wants(method, params)) return undefined;
    return sink.frame(this.#tagged(method, params));
  }

  #acknowledge(
    theirs: Json | undefined,
    sink: UpstreamSink,
    params: JsonObject = {},
  ): void | Promise<void> {
    const notifications = joinFilters(this.#asked, isObject(theirs) ? theirs : {});
    this.#accepted = notifications;
    this.#wants = compileFilter(notifications);
    return sink.frame(this.#tagged(ACKNOWLEDGED, { ...params, notifications }));
  }

  #tagged(method: string, params: JsonObject | undefined): NotificationFrame {
    const message = { jsonrpc: '2.0', method, params: this.#under(params) } as const;
    return { kind: 'notification', direction: 'down', message };
  }

  #result(result: JsonObject, id: RequestId = this.#id): ResultFrame {
    const whole = { resultType: 'complete', ...this.#under(result) };
    const message = { jsonrpc: '2.0', id, result: whole } as const;
    return { kind: 'result', direction: 'down', message };
  }

  /** Params, or a result, as belonging to this subscription. */
  #under(holder: JsonObject | undefined): JsonObject {
    return { ...holder, _meta: { ...metaOf(holder), [metaKeys.subscriptionId]: this.#id } };
  }
}
