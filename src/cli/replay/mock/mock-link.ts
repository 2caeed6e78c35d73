import { GateError, messageOf } from '../../../model/errors.ts';
import type { Frame, RequestFrame } from '../../../model/message.ts';
import type { Log } from '../../../model/seams.ts';
import { type Era, isStatelessRevision } from '../../../protocol/revisions.ts';
import type { Answering } from '../../../replay/mock/answering.ts';
import { requestKey } from '../../../replay/mock/request-key.ts';
import { errorDown, finish, resultDown } from '../../../transport/bridge/frames.ts';
import { GuardedSink } from '../../../transport/channel/guarded-sink.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../../../transport/contract.ts';
import { MockSession } from './mock-session.ts';
import { Player, type PlayerOptions } from './player.ts';

export interface MockLinkOptions extends Omit<PlayerOptions, 'following'> {
  /** What answers in each era. */
  readonly answering: ReadonlyMap<Era, Answering>;
  /** What the upstream sent of its own accord after an exchange. */
  readonly following: ReadonlyMap<Era, (exchange: string) => readonly string[]>;
  readonly log: Log;
}

/** A way to an upstream that is not there: what was recorded answers in its place. */
export class MockLink implements UpstreamLink {
  readonly #options: MockLinkOptions;
  readonly #sessions = new Map<string, MockSession>();
  /** Without sessions all clients go through what was recorded together. */
  readonly #stateless = new MockSession('');
  readonly #stop = new AbortController();
  #begun = 0;

  constructor(options: MockLinkOptions) {
    this.#options = options;
  }

  send(frame: Frame, place: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    const either = AbortSignal.any([signal, this.#stop.signal]);
    const guarded = new GuardedSink(sink, either, this.#options.log);
    const era = eraOf(place);
    const session = this.#session(frame, place, era);
    if (!session) return guarded.fail(unknownSession());
    if (frame.kind === 'request') {
      void this.#request(frame, session, era, guarded, either).catch((error) => {
        guarded.fail(asGateError(error));
      });
      return;
    }
    if (frame.kind !== 'notification') session.settle(frame);
    guarded.open({ streamed: false });
    guarded.end();
    if (frame.kind === 'notification') this.#notified(frame.message, session);
  }

  listen(
    place: UpstreamSession,
    _lastEventId: string | undefined,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void {
    const either = AbortSignal.any([signal, this.#stop.signal]);
    const guarded = new GuardedSink(sink, either, this.#options.log);
    const session = place.session === undefined ? undefined : this.#sessions.get(place.session);
    if (session) session.listen(guarded);
    else guarded.fail(unknownSession());
  }

  async end({ session }: UpstreamSession): Promise<void> {
    if (session === undefined) return;
    this.#sessions.get(session)?.end();
    this.#sessions.delete(session);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const session of this.#sessions.values()) session.end();
    this.#sessions.clear();
  }

  #session(frame: Frame, { session }: UpstreamSession, era: Era): MockSession | undefined {
    if (era === 'stateless') return this.#stateless;
    if (session !== undefined) return this.#sessions.get(session);
    if (frame.kind !== 'request' || frame.message.method !== 'initialize') return undefined;
    const begun = new MockSession(`mock-${++this.#begun}`);
    this.#sessions.set(begun.id, begun);
    return begun;
  }

  async #request(
    frame: RequestFrame,
    session: MockSession,
    era: Era,
    sink: GuardedSink,
    outer: AbortSignal,
  ): Promise<void> {
    const { id, method, params } = frame.message;
    const call = new AbortController();
    const signal = AbortSignal.any([outer, call.signal]);
    if (era === 'session') session.calls.set(id, call);
    const player = this.#player(session, era);
    try {
      const reply = this.#answering(era).answer({ method, params }, session.turns);
      if (reply.kind === 'play')
        return await player.play(reply.script, frame.message, sink, signal);
      const name = method === 'initialize' ? session.id : undefined;
      if (reply.kind === 'error') return finish(sink, errorDown(id, reply.error));
      finish(sink, resultDown(id, reply.result), name);
      if (reply.exchange !== undefined) await player.follow(reply.exchange);
    } finally {
      if (session.calls.get(id) === call) session.calls.delete(id);
      // Whoever takes a request back gets no answer.
      if (call.signal.aborted) sink.end();
    }
  }

  /** Takes a request back, or has the upstream say what it then said. */
  #notified(message: Extract<Frame, { kind: 'notification' }>['message'], session: MockSession) {
    const { method, params } = message;
    if (method === 'notifications/cancelled') {
      session.calls.get(params?.requestId as string | number)?.abort();
      return;
    }
    const exchange = this.#answering('session').next(
      requestKey({ method, params: {} }),
      session.turns,
    );
    if (exchange === undefined) return;
    void this.#player(session, 'session')
      .follow(exchange)
      .catch((error) => this.#options.log.error({ cause: messageOf(error) }, 'a notice failed'));
  }

  #answering(era: Era): Answering {
    const answering = this.#options.answering.get(era);
    if (!answering) throw new GateError('REPLAY_FAILED', `nothing was recorded in the ${era} era`);
    return answering;
  }

  #player(session: MockSession, era: Era): Player {
    const following = this.#options.following.get(era) ?? (() => []);
    return new Player(session, { ...this.#options, following });
  }
}

function eraOf({ protocol }: UpstreamSession): Era {
  return isStatelessRevision(protocol) ? 'stateless' : 'session';
}

function unknownSession(): GateError {
  return new GateError('SESSION_UNKNOWN', 'the session is unknown or has ended');
}

function asGateError(error: unknown): GateError {
  if (error instanceof GateError) return error;
  return new GateError('REPLAY_FAILED', `a recorded exchange cannot be read: ${messageOf(error)}`);
}
