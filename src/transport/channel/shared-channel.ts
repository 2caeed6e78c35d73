import { GateError, messageOf, unreachable } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import type {
  AnswerFrame,
  Frame,
  Message,
  NotificationFrame,
  RequestFrame,
} from '../../model/message.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import type { UpstreamSink } from '../contract.ts';
import { Call } from './call.ts';
import type { Channel, Written } from './channel.ts';
import { decodeMessage } from './decode-message.ts';
import { after } from './delay.ts';
import { GuardedSink } from './guarded-sink.ts';
import type { Runner } from './running.ts';
import type { SessionOptions } from './session.ts';
import { SharedCall } from './shared-call.ts';
import { SharedCalls } from './shared-calls.ts';
import { WireName } from './wire-name.ts';

export type SharedChannelOptions = Omit<SessionOptions, 'id'>;

const CANCELLED = 'notifications/cancelled';

/**
 * A channel of the stateless era: no message needs another, so all clients of one owner share it, each call under a name
 * of its own on the wire (2026-07-28, transports, stdio).
 */
export class SharedChannel implements Runner {
  readonly #options: SharedChannelOptions;
  readonly #calls = new SharedCalls();
  readonly #channel: Channel;
  readonly #idle: NodeJS.Timeout;
  #lastId = 0;
  #ended = false;

  constructor(options: SharedChannelOptions) {
    const { channelLog, idle, open } = options;
    this.#options = options;
    this.#idle = after(idle, () => this.#endIfIdle()).unref();
    this.#channel = open({
      message: (message) => this.#take(message),
      tooLarge: () => channelLog.skipped('FRAME_TOO_LARGE'),
      closing: () => this.#leave(),
      gone: (error) => this.#gone(error),
    });
  }

  get dispensable(): boolean {
    return this.#calls.size === 0;
  }

  /** Sends a message; see {@link UpstreamLink.send}. Giving up a request cancels it at the upstream. */
  send(frame: Frame, sink: UpstreamSink, signal: AbortSignal): void {
    this.#idle.refresh();
    const guarded = new GuardedSink(sink, signal, this.#options.log);
    if (frame.kind === 'request') this.#request(frame, guarded);
    else if (mayPass(frame)) this.#notify(frame.message, guarded);
    else this.#swallow(guarded);
  }

  /** Fails what waits and ends the channel. Never rejects. */
  close(reason = new GateError('UPSTREAM_ENDED', 'the channel was ended')): Promise<void> {
    this.#ended = true;
    this.#leave();
    this.#calls.failAll(reason);
    return this.#channel.close();
  }

  #request(frame: RequestFrame, sink: GuardedSink): void {
    const name = new WireName(frame.message, ++this.#lastId);
    const written = this.#write(name.request);
    if (written instanceof GateError) return sink.fail(written);
    const listens = frame.message.method === 'subscriptions/listen';
    const { limits, timeout, openAfter } = this.#options;
    const call = new Call(frame, sink, {
      openAfter,
      paused: () => this.#channel.paused || shared.slow,
      // A subscription is silent for as long as nothing changes.
      ...(listens ? {} : { timeout }),
    });
    const shared = new SharedCall(name, { call, listens, maxLength: limits.bytes });
    this.#calls.add(shared);
    sink.onOver = () => {
      call.rest();
      if (this.#calls.take(name.id)) this.#cancel(name.id);
    };
    void written?.then((failure) => failure && call.fail(failure));
  }

  #cancel(requestId: number): void {
    this.#idle.refresh();
    void this.#write({ jsonrpc: '2.0', method: CANCELLED, params: { requestId } });
  }

  #notify(message: Message, sink: GuardedSink): void {
    const written = this.#write(message);
    const finish = (failure: Written) => {
      sink.open({ streamed: false });
      if (failure) sink.fail(failure);
      else sink.end();
    };
    if (written instanceof Promise) void written.then(finish);
    else finish(written);
  }

  #swallow(sink: GuardedSink): void {
    this.#options.log.debug({}, 'a message that a shared channel cannot carry was dropped');
    sink.open({ streamed: false });
    sink.end();
  }

  #write(message: Message): Written | Promise<Written> {
    return this.#channel.write(JSON.stringify(message));
  }

  #take(message: Uint8Array | string): void | Promise<void> {
    this.#idle.refresh();
    let frame: Frame;
    try {
      frame = decodeMessage(message, this.#options.limits);
    } catch (error) {
      this.#options.channelLog.skipped(error instanceof GateError ? error.code : messageOf(error));
      return;
    }
    return this.#route(frame);
  }

  #route(frame: Frame): void | Promise<void> {
    switch (frame.kind) {
      case 'result':
      case 'error':
        return this.#answer(frame);
      case 'request':
        return this.#refuse(frame);
      case 'notification':
        return this.#notification(frame);
      default:
        return unreachable(frame);
    }
  }

  #answer(frame: AnswerFrame): void | Promise<void> {
    const { id } = frame.message;
    const shared = id === null ? undefined : this.#calls.take(id);
    if (shared) return shared.deliver(frame);
    this.#options.log.debug({}, 'an answer that nobody waits for was dropped');
  }

  /** Servers of this era must not ask (2026-07-28, transports, stdio); one that does would else wait for ever. */
  #refuse({ message: { id } }: RequestFrame): void {
    this.#options.log.debug({}, 'the upstream sent a request, which its revision does not have');
    const said = 'this revision has no requests of the server';
    void this.#write(errorAnswer(id, rpcCodes.invalidRequest, said));
  }

  #notification(frame: NotificationFrame): void | Promise<void> {
    const { method, params } = frame.message;
    if (method === CANCELLED) return this.#endSubscription(params?.requestId ?? null);
    const shared = this.#calls.ownerOf(frame);
    if (shared) return shared.deliver(frame);
    this.#options.log.debug({}, 'a notification that belongs to no call was dropped');
  }

  #endSubscription(id: Json): void {
    if (this.#calls.subscription(id)) this.#calls.take(id)?.end();
    else this.#options.log.debug({}, 'the upstream cancelled what is no subscription');
  }

  #leave(): void {
    clearTimeout(this.#idle);
    this.#options.onClosing();
  }

  #gone(error: GateError): void {
    if (!this.#ended) this.#options.channelLog.ended(this.#channel.logFields, error.message);
    this.#ended = true;
    this.#leave();
    this.#calls.failAll(error);
    this.#options.onGone();
  }

  #endIfIdle(): void {
    if (this.#calls.size > 0) this.#idle.refresh();
    else void this.close();
  }
}

/**
 * Clients have no answers to give in this era, and the id in a client's `notifications/cancelled` is known to nobody on a
 * shared channel, or worse, is that of another client's call: giving up the request is what cancels it.
 */
function mayPass({ kind, message }: Frame): boolean {
  return kind === 'notification' && 'method' in message && message.method !== CANCELLED;
}
