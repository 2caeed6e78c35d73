import { GateError, messageOf } from '../../model/errors.ts';
import type { Frame, RequestFrame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import type { UpstreamSink } from '../contract.ts';
import { Call } from './call.ts';
import { Calls } from './calls.ts';
import type { Channel, OpenChannel, Written } from './channel.ts';
import type { ChannelLog } from './channel-log.ts';
import { decodeMessage } from './decode-message.ts';
import { after } from './delay.ts';
import { GuardedSink } from './guarded-sink.ts';
import { Outbox } from './outbox.ts';
import { Router } from './router.ts';
import type { Runner } from './running.ts';

export interface SessionOptions {
  readonly id: string;
  readonly open: OpenChannel;
  readonly limits: FrameLimits;
  /** Longest silence while a call waits, in milliseconds. */
  readonly timeout: number;
  /** A call that is silent for so many milliseconds gets a stream. */
  readonly openAfter: number;
  /** It is ended after so many milliseconds without traffic. */
  readonly idle: number;
  readonly log: Log;
  readonly channelLog: ChannelLog;
  /** It takes no more messages. May be called several times. */
  readonly onClosing: () => void;
  /** Its channel is gone. */
  readonly onGone: () => void;
}

/** A session of an upstream: a channel, and who waits for what comes on it. It begins with `initialize`. */
export class Session implements Runner {
  readonly dispensable = false;
  readonly #options: SessionOptions;
  readonly #calls = new Calls();
  readonly #outbox: Outbox;
  readonly #router: Router;
  readonly #channel: Channel;
  readonly #idle: NodeJS.Timeout;
  #initialize: Call | undefined;
  #established = false;
  #ended = false;

  constructor(options: SessionOptions) {
    const { channelLog, limits, log } = options;
    this.#options = options;
    this.#outbox = new Outbox(limits.bytes, () => channelLog.dropped());
    this.#router = new Router(this.#calls, this.#outbox, log);
    this.#idle = after(options.idle, () => this.#endIfIdle()).unref();
    this.#channel = options.open({
      message: (message) => this.#take(message),
      tooLarge: () => channelLog.skipped('FRAME_TOO_LARGE'),
      closing: () => this.#leave(),
      gone: (error) => this.#gone(error),
    });
  }

  /** Sends a message; see {@link UpstreamLink.send}. */
  send(frame: Frame, sink: UpstreamSink, signal: AbortSignal): void {
    this.#idle.refresh();
    const guarded = new GuardedSink(sink, signal, this.#options.log);
    if (frame.kind === 'request' && this.#calls.isTaken(frame.message.id)) {
      const message = 'a request with this id is still open, or was given up unanswered';
      guarded.fail(new GateError('REQUEST_DUPLICATE', message, { hint: 'use a new id' }));
      return;
    }
    // Written anew, never as it came: a line break inside would make a second message of it.
    const written = this.#channel.write(JSON.stringify(frame.message));
    if (written instanceof GateError) guarded.fail(written);
    else if (frame.kind === 'request') this.#wait(frame, guarded, written);
    else if (written) void written.then((failure) => taken(guarded, failure));
    else taken(guarded);
  }

  /** Opens a stream of what belongs to no call. */
  listen(sink: UpstreamSink, signal: AbortSignal): void {
    this.#idle.refresh();
    this.#outbox.listen(new GuardedSink(sink, signal, this.#options.log));
  }

  /** Fails what waits and ends the channel. Never rejects. */
  close(reason = new GateError('UPSTREAM_ENDED', 'the session was ended')): Promise<void> {
    this.#ended = true;
    this.#leave();
    this.#giveUp(reason);
    return this.#channel.close();
  }

  #wait(frame: RequestFrame, sink: GuardedSink, written?: Promise<Written>): void {
    const { id, timeout, openAfter } = this.#options;
    const opens = this.#initialize ? {} : { session: id };
    const paused = () => this.#channel.paused;
    const call = new Call(frame, sink, { timeout, openAfter, paused, ...opens });
    this.#initialize ??= call;
    this.#calls.add(call);
    sink.onOver = () => {
      call.rest();
      this.#calls.abandon(call);
      const failed = call === this.#initialize && !this.#established;
      if (failed || this.#calls.exhausted) void this.close();
    };
    void written?.then((failure) => failure && call.fail(failure));
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
    if (frame.kind === 'result' && frame.message.id === this.#initialize?.id) {
      this.#established = true;
    }
    return this.#router.route(frame);
  }

  #leave(): void {
    clearTimeout(this.#idle);
    this.#options.onClosing();
  }

  #gone(error: GateError): void {
    if (!this.#ended) this.#options.channelLog.ended(this.#channel.logFields, error.message);
    this.#ended = true;
    this.#leave();
    this.#giveUp(error);
    this.#options.onGone();
  }

  #giveUp(error: GateError): void {
    this.#calls.failAll(error);
    this.#outbox.endAll();
  }

  #endIfIdle(): void {
    if (this.#calls.size > 0 || this.#outbox.hasListener) this.#idle.refresh();
    else void this.close();
  }
}

/** A notification or an answer was sent, or not: nothing else comes of it. */
function taken(sink: GuardedSink, failure?: GateError): void {
  if (failure) return sink.fail(failure);
  sink.open({ streamed: false });
  sink.end();
}
