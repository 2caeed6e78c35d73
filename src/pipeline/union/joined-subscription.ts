import type { GateError } from '../../model/errors.ts';
import { isList, isObject, type Json, type JsonObject, parseJson } from '../../model/json.ts';
import type { RequestFrame, RequestId } from '../../model/message.ts';
import { metaKeys } from '../../protocol/meta.ts';
import type { ClientSink } from '../client-sink.ts';
import type { Naming, Resolved } from './naming.ts';
import { resultText } from './sinks.ts';

interface SubscriptionPart {
  readonly upstream: string;
  readonly frame: RequestFrame;
  readonly sink: ClientSink;
}

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const URIS = 'resourceSubscriptions';
const TASKS = 'taskIds';
/** Items of one list of a filter that are looked at; the gate keeps fewer. */
const MAX_ITEMS = 4_096;
/** Messages that may wait for the slowest upstream's acknowledgement. */
const MAX_WAITING = 256;
/** An upstream that has not acknowledged by then is not waited for, in milliseconds. */
const PATIENCE = 10_000;

/**
 * `subscriptions/listen` at several upstreams: acknowledged once, with what any of them has accepted, and over when all
 * of them are (2026-07-28, subscriptions).
 */
export class JoinedSubscription {
  readonly parts: readonly SubscriptionPart[];
  readonly #client: ClientSink;
  readonly #id: RequestId;
  readonly #accepted: JsonObject[] = [];
  #unheard: number;
  #open: number;
  #waiting: string[] | undefined = [];
  #late = false;
  readonly #timer: NodeJS.Timeout;

  constructor(frame: RequestFrame, client: ClientSink, naming: Naming) {
    this.#client = client;
    this.#id = frame.message.id;
    this.parts = naming.upstreams.map((upstream) => {
      return { upstream, frame: ownFrame(frame, upstream, naming), sink: this.#sink() };
    });
    this.#unheard = this.parts.length;
    this.#open = this.parts.length;
    this.#timer = setTimeout(() => this.#acknowledge(), PATIENCE);
    client.onGone(() => clearTimeout(this.#timer));
  }

  #sink(): ClientSink {
    const client = this.#client;
    let heard = false;
    let over = false;
    const hear = () => {
      if (heard) return;
      heard = true;
      this.#unheard--;
      if (this.#unheard === 0) this.#acknowledge();
    };
    const finish = (error?: GateError) => {
      if (over) return;
      over = true;
      this.#open--;
      hear();
      if (this.#open === 0) this.#finish(error);
    };
    return {
      get gone() {
        return client.gone;
      },
      onGone: (listener) => client.onGone(listener),
      open: () => undefined,
      message: (text) => {
        const accepted = acceptedBy(text);
        if (!accepted) return this.#message(text);
        this.#accepted.push(accepted);
        hear();
        if (this.#late) this.#acknowledge();
      },
      answer: () => finish(),
      accepted: () => finish(),
      end: () => finish(),
      fail: finish,
    };
  }

  #message(text: string): void | Promise<void> {
    if (!this.#waiting) return this.#client.message(text);
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(text);
  }

  #acknowledge(): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    // Nobody has accepted yet: the first who does is acknowledged, or the end will say that nobody did.
    this.#late = true;
    if (!waiting || this.#accepted.length === 0) return;
    this.#waiting = undefined;
    this.#client.open();
    const params = { _meta: this.#meta(), notifications: joined(this.#accepted) };
    void this.#client.message(JSON.stringify({ jsonrpc: '2.0', method: ACKNOWLEDGED, params }));
    for (const text of waiting) void this.#client.message(text);
  }

  #finish(error: GateError | undefined): void {
    clearTimeout(this.#timer);
    if (this.#waiting && error) return this.#client.fail(error);
    const result = { resultType: 'complete', _meta: this.#meta() };
    this.#client.answer(resultText(this.#id, result));
  }

  #meta(): JsonObject {
    return { [metaKeys.subscriptionId]: this.#id };
  }
}

/** The request for one upstream: every kind of change, and the resources and tasks that are its own. */
function ownFrame(frame: RequestFrame, upstream: string, naming: Naming): RequestFrame {
  const { params = {} } = frame.message;
  const wanted = isObject(params.notifications) ? params.notifications : {};
  const { [URIS]: uris, [TASKS]: tasks, ...kinds } = wanted;
  const notifications = {
    ...kinds,
    ...ownOf(URIS, uris, upstream, (uri) => naming.resolveUri(uri)),
    ...ownOf(TASKS, tasks, upstream, (id) => naming.resolve(id)),
  };
  return { ...frame, message: { ...frame.message, params: { ...params, notifications } } };
}

/** A member with what of a list one upstream has, in its own words; none where that is nothing. */
function ownOf(
  key: string,
  list: Json | undefined,
  upstream: string,
  resolve: (text: string) => Resolved | undefined,
): JsonObject {
  const own = (isList(list) ? list.slice(0, MAX_ITEMS) : []).flatMap((text) => {
    const found = typeof text === 'string' ? resolve(text) : undefined;
    return found?.upstream === upstream ? [found.name] : [];
  });
  return own.length === 0 ? {} : { [key]: own };
}

function acceptedBy(text: string): JsonObject | undefined {
  const { method, params } = parseJson(text) as JsonObject;
  if (method !== ACKNOWLEDGED || !isObject(params)) return undefined;
  return isObject(params.notifications) ? params.notifications : {};
}

/** What any of them has accepted. */
function joined(accepted: readonly JsonObject[]): JsonObject {
  const all = new Map<string, Json>();
  for (const [kind, value] of accepted.flatMap((it) => Object.entries(it))) {
    const before = all.get(kind);
    if (isList(before) && isList(value)) all.set(kind, [...before, ...value]);
    else if (before === undefined || before === false) all.set(kind, value);
  }
  return Object.fromEntries(all);
}
