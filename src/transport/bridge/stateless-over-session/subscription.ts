import { isList, isObject, type Json, type JsonObject, textMember } from '../../../model/json.ts';
import type { NotificationFrame, RequestFrame } from '../../../model/message.ts';
import { resultTypes } from '../../../protocol/era-words.ts';
import { listFilters } from '../../../protocol/listen-filter.ts';
import { metaKeys, metaOf } from '../../../protocol/meta.ts';
import type { CallSink } from '../call-sink.ts';
import { finish, notificationDown, resultDown } from '../frames.ts';
import { filterFor, Notices } from '../notices.ts';
import type { Lease } from './lease.ts';
import { tagged } from './translate.ts';
import type { Hears } from './upstream-session.ts';

/** A stateless client's `subscriptions/listen` at a session-era upstream. */
export class Subscription implements Hears {
  readonly #frame: RequestFrame;
  readonly #sink: CallSink;
  readonly #lease: Lease;
  readonly #limit: number;
  readonly #uris = new Set<string>();
  readonly #notices: Notices;
  #accepted: JsonObject = {};
  #acknowledged = false;

  /** @param limit resources of one subscription */
  constructor(frame: RequestFrame, sink: CallSink, lease: Lease, limit: number) {
    this.#frame = frame;
    this.#sink = sink;
    this.#lease = lease;
    this.#limit = limit;
    this.#notices = new Notices(limit + listFilters.length);
  }

  /** @param capabilities what the upstream said it can do */
  async open(capabilities: JsonObject): Promise<void> {
    const { session } = this.#lease;
    const wanted = this.#frame.message.params?.notifications;
    session.subscriptions.add(this);
    this.#sink.onOver = () => this.#close();
    if (this.#sink.over) return this.#close();
    this.#accepted = await this.#accept(isObject(wanted) ? wanted : {}, capabilities);
    if (this.#sink.over) return;
    this.#sink.open({ streamed: true });
    const notifications = this.#accepted;
    void this.#send('notifications/subscriptions/acknowledged', { notifications });
    this.#acknowledged = true;
    for (const frame of this.#notices.take()) void this.notice(frame);
  }

  notice(frame: NotificationFrame): void | Promise<void> {
    if (!this.#acknowledged) return this.#notices.add(frame);
    const { method, params } = frame.message;
    if (this.#wants(method, params)) return this.#send(method, params ?? {});
  }

  /** The session is gone; that the subscription ends in order has the client come back for another. */
  lost(): void {
    const { id } = this.#frame.message;
    const _meta = { [metaKeys.subscriptionId]: id };
    const result = { resultType: resultTypes.complete, _meta };
    finish(this.#sink, resultDown(id, tagged(result, this.#lease.serverInfo)));
  }

  async #accept(wanted: JsonObject, capabilities: JsonObject): Promise<JsonObject> {
    const { tools, prompts, resources } = capabilities;
    const can: readonly (readonly [string, Json | undefined])[] = [
      ['toolsListChanged', tools],
      ['promptsListChanged', prompts],
      ['resourcesListChanged', resources],
    ];
    const lists = can.filter(([name, offer]) => {
      return wanted[name] === true && isObject(offer) && offer.listChanged === true;
    });
    const accepted = Object.fromEntries(lists.map(([name]) => [name, true]));
    const subscribes = isObject(resources) && resources.subscribe === true;
    if (wanted.resourceSubscriptions === undefined || !subscribes) return accepted;
    return { ...accepted, resourceSubscriptions: await this.#watch(wanted.resourceSubscriptions) };
  }

  async #watch(wanted: Json): Promise<string[]> {
    const { session } = this.#lease;
    const named = isList(wanted) ? wanted.filter((uri) => typeof uri === 'string') : [];
    const uris = [...new Set(named)].slice(0, this.#limit);
    const accepted = await Promise.all(
      uris.map(async (uri) => {
        this.#uris.add(uri);
        if (await session.watch(uri, this.#sink.aside)) return [uri];
        if (this.#uris.delete(uri)) session.unwatch(uri, this.#sink.aside);
        return [];
      }),
    );
    return accepted.flat();
  }

  #wants(method: string, params: JsonObject | undefined): boolean {
    const filter = filterFor(method);
    if (filter === undefined) return false;
    if (filter !== 'resourceSubscriptions') return this.#accepted[filter] === true;
    const changed = textMember(params, 'uri');
    return changed !== undefined && [...this.#uris].some((uri) => covers(uri, changed));
  }

  #send(method: string, params: JsonObject): void | Promise<void> {
    const _meta = { ...metaOf(params), [metaKeys.subscriptionId]: this.#frame.message.id };
    return this.#sink.frame(notificationDown(method, { ...params, _meta }));
  }

  #close(): void {
    const { session } = this.#lease;
    session.subscriptions.delete(this);
    for (const uri of this.#uris) session.unwatch(uri, this.#sink.aside);
    this.#uris.clear();
    this.#lease.give();
  }
}

/** What changed may be a part of the resource that was subscribed to (2025-11-25, resources, updated). */
function covers(uri: string, changed: string): boolean {
  if (!changed.startsWith(uri)) return false;
  return (
    changed.length === uri.length || uri.endsWith('/') || '/#?'.includes(changed[uri.length] ?? '')
  );
}
