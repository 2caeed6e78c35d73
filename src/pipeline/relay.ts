import type { KeyObject } from 'node:crypto';
import { GateError } from '../model/errors.ts';
import { principalOf } from '../model/identity.ts';
import type {
  AnswerFrame,
  Frame,
  NotificationFrame,
  RequestFrame,
  RequestId,
} from '../model/message.ts';
import type { Clock, Log } from '../model/seams.ts';
import type { UpstreamLink, UpstreamSession } from '../transport/contract.ts';
import { Admission, type RelayLimits } from './admission.ts';
import { Call, type CallOptions, type Founded, negotiated } from './call.ts';
import {
  type Caller,
  clientInfo,
  factsOf,
  isStateless,
  showsPages,
  upstreamSessionOf,
} from './caller.ts';
import type { ClientSink } from './client-sink.ts';
import { answerUp, delivery } from './delivery.ts';
import { DownSender, NoticeSender } from './down-sender.ts';
import type { Exchange } from './exchange.ts';
import { ExchangeOpener } from './exchange-opener.ts';
import type { Gate } from './gate.ts';
import { isOfGate, listChanged, listKinds, listsIn } from './list-changes.ts';
import { Listening } from './listening.ts';
import { newId } from './new-id.ts';
import { type Attempt, Renewal } from './renewal.ts';
import type { ServerRequests } from './server-requests.ts';
import type { Session } from './session.ts';
import { SessionMemory } from './session-memory.ts';
import type { SessionFounding, Sessions } from './sessions.ts';
import type { Snapshot } from './snapshot.ts';
import { Stream } from './stream.ts';
import { Subscriptions } from './subscriptions.ts';

export interface RelayOptions {
  readonly gate: Gate;
  readonly snapshot: () => Snapshot;
  readonly links: ReadonlyMap<string, UpstreamLink>;
  readonly sessions: Sessions;
  readonly serverRequests: ServerRequests;
  readonly limits: RelayLimits;
  /** Key of what masks make of values; 32 bytes. */
  readonly maskKey: KeyObject;
  readonly clock: Clock;
  readonly log: Log;
}

/** What goes on in a gate. */
export interface GateFigures {
  /** Calls under way. */
  readonly calls: number;
  /** Open sessions. */
  readonly sessions: number;
}

const LOST = 'the upstream has ended the session';

/** Brings messages of callers through the gate to upstreams, and what comes back to the callers. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #calls = new Set<Call>();
  readonly #admission: Admission;
  readonly #exchanges: ExchangeOpener;
  readonly #renewal: Renewal;
  readonly #subscriptions: Subscriptions;
  #stopping = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#admission = new Admission(options.limits);
    this.#exchanges = new ExchangeOpener(options.snapshot, options.clock, options.maskKey);
    this.#renewal = new Renewal({ ...options, exchanges: this.#exchanges });
    this.#subscriptions = new Subscriptions(options.gate, this.#exchanges);
  }

  /** No more calls are taken. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Calls under way. */
  get calls(): number {
    return this.#calls.size;
  }

  /** What goes on now. */
  get figures(): GateFigures {
    const { sessions } = this.#options;
    return { calls: this.#calls.size, sessions: sessions.size };
  }

  /**
   * A request of a caller. Its answer, or why there is none, goes to the client.
   *
   * @param session undefined for what begins one, and in the stateless era
   * @throws GateError UPSTREAM_UNKNOWN, SESSION_*, REQUEST_DUPLICATE, CALL_LIMIT, GATE_STOPPING
   */
  async request(
    caller: Caller,
    session: Session | undefined,
    frame: RequestFrame,
    client: ClientSink,
  ): Promise<void> {
    this.#admit();
    const { gate } = this.#options;
    const link = this.#link(caller.upstream);
    this.#admission.check(caller.identity, session, frame.message.id);
    const stands = isStateless(caller) && !session;
    const founding = session || stands ? undefined : this.#founding(caller, frame);
    const giveBack = founding && this.#options.sessions.reserve(caller.identity);
    const facts = session ??
      founding ?? { name: '', client: clientInfo(frame), protocol: undefined };
    const exchange = this.#exchanges.of(caller, factsOf(caller, facts), frame);
    const listens = stands && frame.message.method === 'subscriptions/listen';
    const subscription = listens && this.#subscriptions.open(link, caller, exchange.session);
    const call = this.#call(caller, frame, session, {
      ...{ gate, exchange, link, client, session, log: this.#options.log },
      requests: this.#options.serverRequests,
      sender: session ? this.#sender(link, session) : stands && new NoticeSender(gate),
      ...(subscription && { link: subscription.link, sender: subscription.sender }),
      over: () => {
        giveBack?.();
        if (subscription) subscription.close();
      },
      ...(founding && { begin: (founded: Founded) => this.#begin(founding, exchange, founded) }),
    });
    // Without a session nothing else could take the request back (2026-07-28, transports, cancellation).
    if (stands) client.onGone(() => void call.cancel('the client closed its stream', true));
    const verdict = await gate.pass(frame, exchange);
    if (call.over) return;
    if (verdict.kind !== 'forward') return call.answered(verdict);
    const sent = verdict.frame as RequestFrame;
    if (!session) return call.start(sent, unfounded(caller));
    const attempt = this.#renewal.attempt(caller, session, sent);
    call.start(sent, attempt.to, attempt.again);
  }

  /** A call that counts as under way until it is over. */
  #call(
    { identity }: Caller,
    { message: { id } }: RequestFrame,
    session: Session | undefined,
    options: Omit<CallOptions, 'lost'>,
  ): Call {
    const giveRoom = this.#admission.take(identity);
    const call = new Call({
      ...options,
      over: () => {
        this.#calls.delete(call);
        giveRoom();
        options.over();
        this.#done(session, id);
      },
      lost: () => session && void this.#forget(session, LOST),
    });
    this.#calls.add(call);
    session?.calls.set(id, call);
    return call;
  }

  /**
   * A notification of a caller, or its answer to a request of the upstream's.
   *
   * @throws GateError UPSTREAM_UNKNOWN; FRAME_INVALID for an answer to nothing
   */
  async notify(
    caller: Caller,
    session: Session,
    frame: NotificationFrame | AnswerFrame,
    client: ClientSink,
  ): Promise<void> {
    const { gate, serverRequests } = this.#options;
    const link = this.#link(caller.upstream);
    const isAnswer = frame.kind !== 'notification';
    if (isAnswer && serverRequests.settle(frame, session)) return client.accepted();
    const asked = isAnswer ? serverRequests.redeem(frame.message.id, session) : undefined;
    if (isAnswer && !asked) {
      const message = 'it answers a request that was not made in this session';
      throw new GateError('FRAME_INVALID', message);
    }
    const cancelled = isAnswer ? undefined : cancelledBy(frame);
    if (cancelled !== undefined && !session.calls.has(cancelled)) {
      // Most often the answer was on its way. An upstream without sessions might take the id for another caller's.
      return client.accepted();
    }
    const exchange = this.#exchanges.of(caller, factsOf(caller, session), frame, asked?.method);
    const verdict = await gate.pass(frame, exchange);
    if (verdict.kind === 'drop') return client.accepted();
    const sent = verdict.kind === 'forward' ? verdict.frame : answerUp(verdict.answer);
    const named = asked ? withId(sent, asked.id) : sent;
    const attempt = this.#renewal.attempt(caller, session, named, asked?.method);
    const delivered = this.#deliver(link, named, attempt, exchange, client, session);
    // The call ends at once; how long the upstream takes to hear of it is another matter.
    if (cancelled !== undefined)
      await session.calls.get(cancelled)?.cancel('cancelled by the client', true);
    await delivered;
  }

  /**
   * The stream of an upstream's own messages.
   *
   * @throws GateError as {@link request}
   */
  listen(
    caller: Caller,
    session: Session,
    lastEventId: string | undefined,
    client: ClientSink,
  ): Stream {
    this.#admit();
    const { gate, sessions } = this.#options;
    const link = this.#link(caller.upstream);
    this.#admission.checkStream(session);
    const sender = this.#sender(link, session);
    const exchange = this.#exchanges.about(caller, factsOf(caller, session), { method: 'GET' });
    const stream: Stream = new Stream({
      client,
      over: (error) => {
        listening.close();
        session.listening.delete(listening);
        session.streams.delete(stream);
        sessions.touch(session);
        if (error) exchange.fail(error);
        else exchange.close('delivered');
        void gate.settle(exchange);
      },
      lost: () => void this.#forget(session, LOST),
      deliver: (frame, eventId) => {
        const own = this.#exchanges.of(caller, factsOf(caller, session), frame);
        own.texts = stream.texts;
        if (stream.texts.ending) own.note('opened', { by: 'gate', why: 'a text has ended' });
        else if (isOfGate(frame))
          own.note('opened', { by: 'gate', why: 'the policies have changed' });
        return sender.send(frame, own, client, eventId);
      },
    });
    const listening = new Listening({
      ...{ link, sink: stream },
      place: () => upstreamSessionOf(session, caller.protocol),
      renew: (lost) => this.#renewal.renew(caller, session, lost),
    });
    session.streams.add(stream);
    session.listening.add(listening);
    exchange.note('opened');
    void gate.settle(exchange);
    listening.start(lastEventId);
    return stream;
  }

  /**
   * Tells clients that lists may have changed, because the policies have. Each session hears it on one of its streams.
   * It is judged and recorded like an upstream's own word, for it passes the same gate.
   */
  announce(): void {
    this.#subscriptions.announce();
    for (const session of this.#options.sessions.all()) {
      const [stream] = session.listening;
      if (!stream) continue;
      for (const kind of session.lists ?? listKinds) stream.announce(listChanged(kind));
    }
  }

  /** Ends a session because its caller says so. */
  async leave(caller: Caller, session: Session): Promise<void> {
    const exchange = this.#exchanges.about(caller, factsOf(caller, session), { method: 'DELETE' });
    exchange.note('opened');
    exchange.close('delivered');
    await this.#options.gate.settle(exchange);
    await this.end(session, 'ended by the client', true);
  }

  /** Ends a session, and all that goes on in it, here and at its upstream. */
  async end(session: Session, reason: string, byClient = false): Promise<void> {
    const link = this.#options.links.get(session.upstream);
    if (!(await this.#forget(session, reason, byClient))) return;
    await link?.end(upstreamSessionOf(session));
  }

  /** Ends sessions that nothing has used for too long, or that have lived long enough. */
  async endOverdue(): Promise<void> {
    const overdue = this.#options.sessions.overdue();
    await Promise.all(overdue.map((session) => this.end(session, 'unused for too long')));
  }

  /** Takes no more calls, waits for those under way, then ends what is left. */
  async stop(drain: number): Promise<void> {
    this.#stopping = true;
    const deadline = performance.now() + drain;
    // Not waited for by itself: a client that reads nothing holds its subscription up, which is a call like others.
    void this.#subscriptions.conclude();
    for (const session of this.#options.sessions.all()) {
      for (const stream of [...session.streams]) await stream.cancel('the gate is stopping');
    }
    while (this.#calls.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const error = new GateError('GATE_STOPPING', 'the gate has stopped before the answer came');
    await Promise.all([...this.#calls].map((call) => call.refuse(error)));
  }

  /** Nothing new begins while stopping; what belongs to running calls still passes. */
  #admit(): void {
    if (!this.#stopping) return;
    throw new GateError('GATE_STOPPING', 'the gate is stopping', { retryAfter: '5' });
  }

  #done(session: Session | undefined, id: RequestId): void {
    if (!session) return;
    session.calls.delete(id);
    this.#options.sessions.touch(session);
  }

  #link(upstream: string): UpstreamLink {
    const link = this.#options.links.get(upstream);
    if (!link) throw new GateError('UPSTREAM_UNKNOWN', `there is no upstream "${upstream}"`);
    return link;
  }

  #sender(link: UpstreamLink, session: Session): DownSender {
    const { gate, serverRequests, log } = this.#options;
    return new DownSender(gate, link, session, serverRequests, log);
  }

  #founding({ identity, upstream }: Caller, frame: RequestFrame): Founding {
    const visits = showsPages(frame);
    const client = clientInfo(frame);
    return { name: newId(), identity, upstream, client, protocol: undefined, visits };
  }

  /** Makes the session that an answer to `initialize` begins. */
  #begin(founding: Founding, { params }: Exchange, founded: Founded): Session {
    const { answer, given, upstreamSession } = founded;
    const protocol = negotiated(answer);
    const session = this.#options.sessions.begin({ ...founding, upstreamSession, protocol });
    session.memory = SessionMemory.of(params, given);
    if (answer.kind === 'result') session.lists = listsIn(answer.message.result.capabilities);
    return session;
  }

  /** Sends something that has no answer, and tells the client once the upstream has it. */
  async #deliver(
    link: UpstreamLink,
    frame: Frame,
    attempt: Attempt,
    exchange: Exchange,
    client: ClientSink,
    session: Session,
  ): Promise<void> {
    const failure = await this.#send(link, frame, attempt);
    if (!failure) {
      exchange.close('delivered');
      void this.#options.gate.settle(exchange);
      return client.accepted();
    }
    exchange.fail(failure);
    if (failure.code === 'SESSION_UNKNOWN') void this.#forget(session, failure.message);
    await this.#options.gate.settle(exchange);
    client.fail(failure);
  }

  /** Once more where the session was begun again. An answer would answer nothing there: the question is lost too. */
  async #send(link: UpstreamLink, frame: Frame, attempt: Attempt): Promise<GateError | undefined> {
    const failure = await delivery(link, frame, attempt.to);
    if (failure?.code !== 'SESSION_UNKNOWN' || frame.kind !== 'notification') return failure;
    const place = await attempt.again();
    return place ? delivery(link, frame, place) : failure;
  }

  /** True where the session had not ended before. */
  async #forget(session: Session, reason: string, byClient = false): Promise<boolean> {
    if (!this.#options.sessions.end(session)) return false;
    const parts = [...session.calls.values(), ...session.streams];
    await Promise.all(parts.map((part) => part.cancel(reason, byClient)));
    return true;
  }
}

type Founding = Omit<SessionFounding, 'upstreamSession'>;

/** Where a request goes that belongs to no session: it begins one, or needs none. */
function unfounded({ identity, protocol }: Caller): UpstreamSession {
  return { owner: principalOf(identity), protocol };
}

function withId({ source: _, ...frame }: Frame, id: RequestId): Frame {
  return { ...frame, message: { ...frame.message, id } } as Frame;
}

/** The request that a notification takes back; undefined where it doesn't. */
function cancelledBy({ message }: NotificationFrame): RequestId | undefined {
  if (message.method !== 'notifications/cancelled') return undefined;
  const id = message.params?.requestId;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
