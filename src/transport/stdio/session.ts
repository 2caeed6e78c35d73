import { GateError, messageOf } from '../../model/errors.ts';
import type { Frame, RequestFrame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import { decodeFrame, type FrameLimits } from '../../protocol/jsonrpc.ts';
import type { UpstreamSink } from '../contract.ts';
import { Call } from './call.ts';
import { Calls } from './calls.ts';
import { Child, type ChildOptions } from './child.ts';
import type { ChildLog } from './child-log.ts';
import { after } from './delay.ts';
import { GuardedSink } from './guarded-sink.ts';
import { Outbox } from './outbox.ts';
import { Router } from './router.ts';

export interface SessionOptions {
  readonly id: string;
  readonly child: Omit<ChildOptions, 'maxBytes'>;
  readonly limits: FrameLimits;
  /** Milliseconds, as {@link StdioLinkOptions} has them. */
  readonly timeout: number;
  readonly openAfter: number;
  readonly idle: number;
  readonly log: Log;
  readonly childLog: ChildLog;
  /** It takes no more messages. May be called several times. */
  readonly onClosing: () => void;
  /** Its process has ended. */
  readonly onGone: () => void;
}

/** A session of an upstream: a process, and who waits for what it says. It begins with `initialize`. */
export class Session {
  readonly #options: SessionOptions;
  readonly #calls = new Calls();
  readonly #outbox: Outbox;
  readonly #router: Router;
  readonly #child: Child;
  readonly #idle: NodeJS.Timeout;
  #initialize: Call | undefined;
  #established = false;
  #ended = false;

  constructor(options: SessionOptions) {
    const { child, childLog, limits, log } = options;
    this.#options = options;
    this.#outbox = new Outbox(limits.bytes, () => childLog.dropped());
    this.#router = new Router(this.#calls, this.#outbox, log);
    this.#idle = after(options.idle, () => this.#endIfIdle()).unref();
    this.#child = new Child(
      { ...child, maxBytes: limits.bytes },
      {
        line: (bytes) => this.#take(bytes),
        tooLong: () => childLog.skipped('FRAME_TOO_LARGE'),
        stderr: (line) => childLog.stderr(line),
        closing: () => this.#leave(),
        gone: (error) => this.#gone(error),
      },
    );
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
    if (!this.#child.write(JSON.stringify(frame.message))) {
      guarded.fail(new GateError('UPSTREAM_UNREACHABLE', 'the upstream does not read its input'));
    } else if (frame.kind === 'request') {
      this.#wait(frame, guarded);
    } else {
      guarded.open({ streamed: false });
      guarded.end();
    }
  }

  /** Opens a stream of what belongs to no call. */
  listen(sink: UpstreamSink, signal: AbortSignal): void {
    this.#idle.refresh();
    this.#outbox.listen(new GuardedSink(sink, signal, this.#options.log));
  }

  /** Fails what waits and ends the process. Never rejects. */
  close(reason = new GateError('UPSTREAM_ENDED', 'the session was ended')): Promise<void> {
    this.#ended = true;
    this.#leave();
    this.#giveUp(reason);
    return this.#child.close();
  }

  #wait(frame: RequestFrame, sink: GuardedSink): void {
    const { id, timeout, openAfter } = this.#options;
    const opens = this.#initialize ? {} : { session: id };
    const paused = () => this.#child.paused;
    const call = new Call(frame, sink, { timeout, openAfter, paused, ...opens });
    this.#initialize ??= call;
    this.#calls.add(call);
    sink.onOver = () => {
      call.rest();
      this.#calls.abandon(call);
      const failed = call === this.#initialize && !this.#established;
      if (failed || this.#calls.exhausted) void this.close();
    };
  }

  #take(bytes: Uint8Array): void | Promise<void> {
    this.#idle.refresh();
    let frame: Frame;
    try {
      frame = decodeFrame(bytes, 'down', this.#options.limits);
    } catch (error) {
      this.#options.childLog.skipped(error instanceof GateError ? error.code : messageOf(error));
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
    if (!this.#ended) this.#options.childLog.ended(this.#child.pid, error.message);
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
