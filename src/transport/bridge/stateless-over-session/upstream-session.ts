import { GateError, unreachable } from '../../../model/errors.ts';
import { isObject, type JsonObject, textMember } from '../../../model/json.ts';
import type {
  AnswerFrame,
  Frame,
  NotificationFrame,
  RequestFrame,
  RequestId,
} from '../../../model/message.ts';
import { severityOf } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import { isSessionRevision } from '../../../protocol/revisions.ts';
import type { UpstreamSession as Place } from '../../contract.ts';
import { type Aside, ask, tell } from '../ask.ts';
import { asGateError, type Bridge } from '../bridge.ts';
import {
  errorUp,
  notificationUp,
  type RpcError,
  requestUp,
  resultUp,
  rpcError,
} from '../frames.ts';
import { filterFor } from '../notices.ts';
import { OwnStream } from './own-stream.ts';
import { type ClientOffer, initializeParams } from './translate.ts';

/** What a session opened as; or the upstream's refusal. */
export type Opened =
  | { readonly place: Place; readonly initialized: JsonObject }
  | { readonly refusal: RpcError };

/** A call that may be asked questions, and hears of what comes beside it. */
export interface Asked {
  /** True where the client may be asked something in its answer. */
  readonly asks: boolean;
  /** Log messages that it wants. */
  readonly level: string | undefined;
  question(frame: RequestFrame): void;
  /** The upstream no longer wants an answer. */
  withdraw(id: RequestId): void;
  /** Progress or a log message that came beside the calls, and may be of this one. */
  beside(frame: NotificationFrame): void | Promise<void>;
}

/** Takes changes that the upstream tells of. */
export interface Hears {
  notice(frame: NotificationFrame): void | Promise<void>;
  /** The session is gone. */
  lost(): void;
}

export interface UpstreamSessionOptions {
  readonly bridge: Bridge;
  readonly owner: string;
  readonly client: ClientOffer;
  readonly newId: () => number;
  /** It takes no more requests. */
  readonly onClosed: () => void;
}

interface Watched {
  count: number;
  readonly accepted: Promise<boolean>;
}

/** A session at a session-era upstream, which requests of a stateless client share. */
export class UpstreamSession {
  readonly owner: string;
  readonly client: ClientOffer;
  readonly opened: Promise<Opened>;
  readonly calls = new Set<Asked>();
  readonly subscriptions = new Set<Hears>();
  /** Requests that use it. */
  users = 0;
  readonly #options: UpstreamSessionOptions;
  readonly #watched = new Map<string, Watched>();
  /** Resources whose subscription is being taken back. */
  readonly #leaving = new Map<string, Promise<void>>();
  /** Aborted when it is closed: nobody waits for it to open any longer. */
  readonly #closing = new AbortController();
  #place: Place;
  #level: string | undefined;
  #logs = false;
  #stream: OwnStream | undefined;

  /** @param aside hears of the handshake */
  constructor(options: UpstreamSessionOptions, aside?: Aside) {
    const { owner, client } = options;
    this.owner = owner;
    this.client = client;
    this.#options = options;
    this.#place = { owner };
    this.opened = this.#open(aside);
    // Whoever waits for it hears of the failure; it must not matter that nobody may.
    this.opened.catch(() => undefined);
  }

  get place(): Place {
    return this.#place;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** The upstream has lost it, or nothing needs it any longer. */
  close(): void {
    if (this.closed) return;
    this.#closing.abort();
    this.#stream?.close();
    this.#options.onClosed();
    for (const subscription of [...this.subscriptions]) subscription.lost();
  }

  /** Closes it, and ends it at the upstream. Never rejects. */
  async end(): Promise<void> {
    this.close();
    await this.opened.catch(() => undefined);
    if (this.#place.session !== undefined) await this.#options.bridge.inner.end(this.#place);
  }

  /** Has the upstream log what a call wants, and what others want that are under way. */
  async setLevel(wanted: string, aside?: Aside): Promise<void> {
    const level = [...this.calls].reduce((most, call) => moreTalkative(most, call.level), wanted);
    if (!this.#logs || this.#level === level) return;
    this.#level = level;
    try {
      await this.#ask('logging/setLevel', { level }, aside);
    } catch (error) {
      const { code } = asGateError(error);
      this.#options.bridge.log.debug({ code }, 'the upstream did not take a log level');
    }
  }

  /** True once the upstream tells of changes of a resource. */
  watch(uri: string, aside: Aside): Promise<boolean> {
    const known = this.#watched.get(uri);
    if (known) {
      known.count++;
      return known.accepted;
    }
    // Requests may overtake each other; what was taken back last must not be the last that the upstream hears.
    const before = this.#leaving.get(uri) ?? Promise.resolve();
    const accepted = before
      .then(() => this.#ask('resources/subscribe', { uri }, aside))
      .then(
        ({ kind }) => kind === 'result',
        () => false,
      );
    this.#watched.set(uri, { count: 1, accepted });
    return accepted;
  }

  unwatch(uri: string, aside: Aside): void {
    const known = this.#watched.get(uri);
    if (!known || --known.count > 0) return;
    this.#watched.delete(uri);
    if (this.closed) return;
    // Said before it is sent: by then the call that it ends with is over.
    aside('resources/unsubscribe');
    const left = known.accepted
      .then(() => this.#ask('resources/unsubscribe', { uri }))
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        if (this.#leaving.get(uri) === left) this.#leaving.delete(uri);
      });
    this.#leaving.set(uri, left);
  }

  /** Some servers say and ask all they have on the stream of their own, whatever call it is about. */
  #hear(): void {
    if (this.closed) return;
    const { bridge } = this.#options;
    this.#stream = new OwnStream({
      bridge,
      place: this.#place,
      take: (frame) => this.take(frame),
      lost: () => this.close(),
    });
  }

  /** Takes what belongs to no call: a question, or news for subscriptions. */
  take(frame: Frame): void | Promise<void> {
    switch (frame.kind) {
      case 'request':
        return this.#question(frame);
      case 'notification':
        return this.#notice(frame);
      case 'result':
      case 'error':
        return;
      default:
        return unreachable(frame);
    }
  }

  answer(id: RequestId, result: JsonObject): void {
    this.#tell(resultUp(id, result));
  }

  refuse(id: RequestId, error: RpcError): void {
    this.#tell(errorUp(id, error));
  }

  cancel(requestId: RequestId, reason: string, aside?: Aside): void {
    if (!this.closed) aside?.('notifications/cancelled');
    this.#tell(notificationUp('notifications/cancelled', { requestId, reason }));
  }

  async #open(aside: Aside | undefined): Promise<Opened> {
    const { bridge, client, owner, newId } = this.#options;
    const { inner, times, name } = bridge;
    const request = requestUp(newId(), 'initialize', initializeParams(client));
    const { signal } = this.#closing;
    try {
      aside?.(request.message.method);
      const limits = { signal, timeout: times.handshake };
      const { answer, session } = await ask(inner, request, { owner }, limits);
      if (answer.kind === 'error') return this.#refused(answer.message.error);
      const initialized = answer.message.result;
      const protocol = textMember(initialized, 'protocolVersion') ?? '';
      this.#place = { owner, session, protocol };
      if (!isSessionRevision(protocol)) {
        void inner.end(this.#place);
        throw new GateError('UPSTREAM_INVALID', `${name} negotiated no revision of MCP`);
      }
      const ready = notificationUp('notifications/initialized');
      aside?.(ready.message.method);
      const failure = await tell(inner, ready, this.#place, signal);
      if (failure) throw failure;
      const { capabilities } = initialized;
      this.#logs = isObject(capabilities) && capabilities.logging !== undefined;
      this.#hear();
      return { place: this.#place, initialized };
    } catch (error) {
      // Only a stop closes a session that somebody waits for.
      const failure = this.closed ? stopping(name) : asGateError(error);
      if (failure.code === 'UPSTREAM_STATUS') bridge.doubt();
      this.close();
      throw failure;
    }
  }

  #refused(refusal: RpcError): Opened {
    this.#options.bridge.doubt();
    this.close();
    return { refusal };
  }

  async #ask(method: string, params: JsonObject, aside?: Aside): Promise<AnswerFrame> {
    const { bridge, newId } = this.#options;
    aside?.(method);
    const request = requestUp(newId(), method, params);
    const { answer } = await ask(bridge.inner, request, this.#place, {
      timeout: bridge.times.handshake,
      before: (frame) => this.take(frame),
    });
    return answer;
  }

  #question(frame: RequestFrame): void {
    const { id, method } = frame.message;
    if (method === 'ping') return this.answer(id, {});
    const [only, ...others] = [...this.calls].filter(({ asks }) => asks);
    if (only && others.length === 0) return only.question(frame);
    const why = only
      ? 'several calls are under way, and it does not say which it is about'
      : 'no call that it could be about is under way';
    this.refuse(id, rpcError(rpcCodes.invalidRequest, `${method} can't be asked: ${why}`));
  }

  #notice(frame: NotificationFrame): void | Promise<void> {
    const { method, params } = frame.message;
    if (method === 'notifications/cancelled') {
      const id = params?.requestId;
      if (typeof id !== 'string' && typeof id !== 'number') return;
      for (const call of this.calls) call.withdraw(id);
      return;
    }
    if (method === 'notifications/progress' || method === 'notifications/message') {
      return this.#beside(frame);
    }
    if (filterFor(method) === undefined) return;
    return together([...this.subscriptions].map((subscription) => subscription.notice(frame)));
  }

  /** Progress says whose it is; whose a log message is can be told only while there is one call. */
  #beside(frame: NotificationFrame): void | Promise<void> {
    if (this.calls.size > 1 && frame.message.method === 'notifications/message') return;
    return together([...this.calls].map((call) => call.beside(frame)));
  }

  #tell(frame: Frame): void {
    if (this.closed) return;
    const { inner, log } = this.#options.bridge;
    void tell(inner, frame, this.#place).then((failure) => {
      if (failure) log.debug({ code: failure.code }, 'the upstream did not take a message');
    });
  }
}

function stopping(name: string): GateError {
  return new GateError('GATE_STOPPING', `the gate stopped before "${name}" had begun a session`);
}

function together(taken: readonly (void | Promise<void>)[]): void | Promise<void> {
  const pending = taken.filter((each) => each instanceof Promise);
  if (pending.length > 0) return Promise.all(pending).then(() => undefined);
}

function moreTalkative(one: string, other: string | undefined): string {
  const [a = 0, b] = [severityOf(one), severityOf(other)];
  return other === undefined || b === undefined || a <= b ? one : other;
}
