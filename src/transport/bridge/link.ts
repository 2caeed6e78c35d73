import type { Frame, RequestFrame } from '../../model/message.ts';
import type { Clock, Log } from '../../model/seams.ts';
import { type Era, isStatelessRevision } from '../../protocol/revisions.ts';
import { GuardedSink } from '../channel/guarded-sink.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../contract.ts';
import { asGateError, type Bridge } from './bridge.ts';
import { Eras } from './era.ts';
import { FoundingSink } from './founding-sink.ts';
import { InitializeAttempt } from './initialize-attempt.ts';
import { type BridgeLimits, type BridgeTimes, defaultLimits, defaultTimes } from './limits.ts';
import { readSessionId } from './session-over-stateless/session-id.ts';
import { SessionOverStateless } from './session-over-stateless/sessions.ts';
import { StatelessOverSession } from './stateless-over-session/requests.ts';

export interface BridgeLinkOptions {
  /** Of the upstream. */
  readonly name: string;
  /** The way to the upstream; the bridge stops it. */
  readonly inner: UpstreamLink;
  /** What the upstream speaks; `auto` finds out. */
  readonly era: Era | 'auto';
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: Partial<BridgeLimits>;
  readonly times?: Partial<BridgeTimes>;
}

/**
 * Lets clients of either era use an upstream of either era. Messages of an era that the upstream speaks go through as
 * they are; others are translated, both ways, so that whoever uses the link sees the client's era only.
 */
export class BridgeLink implements UpstreamLink {
  readonly #name: string;
  readonly #inner: UpstreamLink;
  readonly #log: Log;
  readonly #eras: Eras;
  readonly #sessions: SessionOverStateless;
  readonly #requests: StatelessOverSession;

  constructor({ name, inner, era, log, clock, ...more }: BridgeLinkOptions) {
    const limits = { ...defaultLimits, ...more.limits };
    const times = { ...defaultTimes, ...more.times };
    const doubt = () => this.#eras.doubt();
    const stillStateless: Bridge['stillStateless'] = (...args) =>
      this.#eras.stillStateless(...args);
    const bridge = { name, inner, log, limits, times, doubt, stillStateless };
    this.#name = name;
    this.#inner = inner;
    this.#log = log;
    this.#eras = new Eras({ inner, era, clock, probe: times.probe, fresh: times.fresh });
    this.#sessions = new SessionOverStateless(bridge);
    this.#requests = new StatelessOverSession(bridge);
  }

  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    if (isStateless(session)) return this.#request(frame, session, sink, signal);
    const client = readSessionId(session.session);
    if (client) return this.#sessions.send(frame, { ...session, client }, sink, signal);
    const founds = frame.kind === 'request' && frame.message.method === 'initialize';
    if (founds && session.session === undefined) this.#found(frame, session, sink, signal);
    else this.#inner.send(frame, session, sink, signal);
  }

  listen(
    session: UpstreamSession,
    lastEventId: string | undefined,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void {
    const client = readSessionId(session.session);
    if (client && !isStateless(session)) {
      this.#sessions.listen({ ...session, client }, sink, signal);
    } else this.#inner.listen(session, lastEventId, sink, signal);
  }

  async end(session: UpstreamSession): Promise<void> {
    const client = readSessionId(session.session);
    if (client) await this.#sessions.end({ ...session, client });
    else if (isStateless(session)) {
      await Promise.all([this.#requests.end(session.owner), this.#inner.end(session)]);
    } else await this.#inner.end(session);
  }

  async stop(): Promise<void> {
    this.#sessions.stop();
    await this.#requests.stop();
    await this.#inner.stop();
  }

  /** A message of the stateless era. */
  #request(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    const speaks = this.#eras.speaks('stateless');
    if (speaks === true) this.#inner.send(frame, session, this.#watched(sink), signal);
    else if (speaks === false) this.#requests.send(frame, session, sink, signal);
    else void this.#probed(frame, session, sink, signal);
  }

  async #probed(
    frame: Frame,
    session: UpstreamSession,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const aside = (method: string) => sink.aside?.(method);
      const speaks = await this.#eras.probe(session.owner, aside);
      if (signal.aborted) return;
      if (speaks) this.#inner.send(frame, session, this.#watched(sink), signal);
      else this.#requests.send(frame, session, sink, signal);
    } catch (error) {
      new GuardedSink(sink, signal, this.#log).fail(asGateError(error));
    }
  }

  /** An upstream that refuses what it spoke before may have been replaced. */
  #watched(sink: UpstreamSink): UpstreamSink {
    return {
      open: (head) => sink.open(head),
      frame: (frame, eventId) => sink.frame(frame, eventId),
      aside: (method) => sink.aside?.(method),
      end: () => sink.end(),
      fail: (error) => {
        if (error.code === 'UPSTREAM_STATUS') this.#eras.doubt();
        sink.fail(error);
      },
    };
  }

  /** `initialize` goes to the upstream as it is, unless that is known not to understand it. */
  #found(
    frame: RequestFrame,
    session: UpstreamSession,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void {
    const bridged = (otherwise?: () => void) =>
      this.#sessions.initialize(frame, session, sink, signal, otherwise);
    const own = new FoundingSink(sink, this.#name);
    const either = AbortSignal.any([signal, own.refused]);
    if (this.#eras.speaks('session') === false) {
      const natively = () => this.#inner.send(frame, session, own, either);
      return bridged(this.#eras.isFound ? natively : undefined);
    }
    const attempt = new InitializeAttempt({
      ...{ frame, session, sink: own, signal: either, bridged },
      ...{ eras: this.#eras, log: this.#log },
    });
    this.#inner.send(frame, session, attempt, either);
  }
}

function isStateless({ protocol }: UpstreamSession): boolean {
  return isStatelessRevision(protocol);
}
