import { unreachable } from '../../../model/errors.ts';
import { textMember } from '../../../model/json.ts';
import type {
  AnswerFrame,
  Frame,
  NotificationFrame,
  RequestFrame,
} from '../../../model/message.ts';
import { severityOf } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import { LATEST_STATELESS } from '../../../protocol/revisions.ts';
import type { UpstreamSession, UpstreamSink } from '../../contract.ts';
import { type Aside, ask } from '../ask.ts';
import { asGateError, type Bridge } from '../bridge.ts';
import { CallSink } from '../call-sink.ts';
import { discoverRequest, eraOfAnswer } from '../era.ts';
import { accept, errorDown, finish, resultDown, rpcError } from '../frames.ts';
import { Call } from './call.ts';
import { Listening } from './listening.ts';
import { type ClientFacts, mintSessionId } from './session-id.ts';
import { type SessionState, SessionStates } from './states.ts';
import { clientFacts, envelopeOf, errorOf, initializeResult, untranslatable } from './translate.ts';

/** A session that the bridge has minted, and what its id says. */
export type BridgedSession = UpstreamSession & { readonly client: ClientFacts };

/** Notifications of session-era clients that mean nothing to a stateless upstream. */
const swallowed: readonly string[] = [
  'notifications/initialized',
  'notifications/roots/list_changed',
  'notifications/progress',
  'notifications/tasks/status',
];

/** Sessions of session-era clients at an upstream that has none. */
export class SessionOverStateless {
  readonly #bridge: Bridge;
  readonly #states: SessionStates;
  #lastId = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.#states = new SessionStates(bridge.limits.remembered);
  }

  /**
   * Answers `initialize` from what the upstream says of itself.
   *
   * @param otherwise called instead of an answer where the upstream speaks as if it had sessions after all
   */
  initialize(
    frame: RequestFrame,
    session: UpstreamSession,
    sink: UpstreamSink,
    signal: AbortSignal,
    otherwise?: () => void,
  ): void {
    void this.#initialize(frame, session, sink, signal, otherwise);
  }

  /** As {@link UpstreamLink.send}. */
  send(frame: Frame, session: BridgedSession, sink: UpstreamSink, signal: AbortSignal): void {
    const guarded = new CallSink(sink, signal, this.#bridge.log);
    switch (frame.kind) {
      case 'request':
        return this.#request(frame, session, guarded);
      case 'notification':
        return this.#notification(frame, session, guarded);
      case 'result':
      case 'error': {
        const known = this.#states.get(keyOf(session))?.questions.answer(frame);
        if (!known) this.#bridge.log.debug({}, 'a client answered what it was not asked');
        return accept(guarded);
      }
      default:
        return unreachable(frame);
    }
  }

  /** As {@link UpstreamLink.listen}. */
  listen(session: BridgedSession, sink: UpstreamSink, signal: AbortSignal): void {
    const guarded = new CallSink(sink, signal, this.#bridge.log);
    const key = keyOf(session);
    this.#listening(session).listen(guarded, () => this.#states.tidy(key));
  }

  /** Forgets a session; the upstream never knew it. */
  async end(session: BridgedSession): Promise<void> {
    this.#states.end(keyOf(session));
    await this.#bridge.inner.end({ owner: session.owner, protocol: LATEST_STATELESS });
  }

  stop(): void {
    this.#states.endAll();
  }

  async #initialize(
    frame: RequestFrame,
    { owner }: UpstreamSession,
    sink: UpstreamSink,
    signal: AbortSignal,
    otherwise: (() => void) | undefined,
  ): Promise<void> {
    const guarded = () => new CallSink(sink, signal, this.#bridge.log);
    const client = clientFacts(frame.message.params);
    try {
      const answer = await this.#discover(owner, client, signal, (said) => sink.aside?.(said));
      const isOther = eraOfAnswer(answer) !== 'stateless';
      if (isOther) this.#bridge.doubt();
      if (isOther && otherwise) otherwise();
      else this.#introduce(frame, client, answer, guarded());
    } catch (error) {
      const failure = asGateError(error);
      if (failure.code === 'UPSTREAM_STATUS' && otherwise) otherwise();
      else guarded().fail(failure);
    }
  }

  async #discover(
    owner: string,
    client: ClientFacts,
    signal: AbortSignal,
    aside: Aside,
  ): Promise<AnswerFrame> {
    const { inner, times } = this.#bridge;
    const request = discoverRequest(++this.#lastId, envelopeOf(client));
    const place = { owner, protocol: LATEST_STATELESS };
    aside(request.message.method);
    const { answer } = await ask(inner, request, place, { signal, timeout: times.handshake });
    return answer;
  }

  /** Gives the client what the upstream said, as the beginning of a session. */
  #introduce(
    { message: { id } }: RequestFrame,
    client: ClientFacts,
    answer: AnswerFrame,
    sink: CallSink,
  ): void {
    if (answer.kind === 'error') {
      return finish(sink, errorDown(id, errorOf('initialize', answer.message.error)));
    }
    const result = initializeResult(answer.message.result, client);
    if (result) return finish(sink, resultDown(id, result), mintSessionId(client));
    const said = `${this.#bridge.name} does not say what it can do`;
    finish(sink, errorDown(id, rpcError(rpcCodes.internal, said)));
  }

  #request(frame: RequestFrame, session: BridgedSession, sink: CallSink): void {
    const { id, method, params } = frame.message;
    const refusal = untranslatable(frame, this.#bridge.name);
    if (refusal) return finish(sink, errorDown(id, refusal));
    switch (method) {
      case 'ping':
        return finish(sink, resultDown(id, {}));
      case 'logging/setLevel':
        return this.#setLevel(frame, session, sink);
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return void this.#subscribe(frame, textMember(params, 'uri'), session, sink);
      default:
        return this.#call(frame, session, sink);
    }
  }

  #call(frame: RequestFrame, session: BridgedSession, sink: CallSink): void {
    if (sink.over) return;
    const { owner, client } = session;
    const { id } = frame.message;
    const key = keyOf(session);
    const state = this.#states.of(key);
    const call = new Call(frame, {
      ...{ bridge: this.#bridge, owner, client, sink },
      ...{ level: state.level, questions: state.questions, newId: () => ++this.#lastId },
    });
    state.calls.set(id, call);
    sink.onOver = () => {
      call.abort();
      if (state.calls.get(id) === call) state.calls.delete(id);
      this.#states.tidy(key);
    };
    void call.run().then(() => this.#states.tidy(key));
  }

  #setLevel({ message: { id, params } }: RequestFrame, session: BridgedSession, sink: CallSink) {
    const level = textMember(params, 'level');
    if (level === undefined || severityOf(level) === undefined) {
      return finish(sink, errorDown(id, rpcError(rpcCodes.invalidParams, 'no such log level')));
    }
    this.#states.of(keyOf(session)).level = level;
    finish(sink, resultDown(id, {}));
  }

  async #subscribe(
    { message: { id, method } }: RequestFrame,
    uri: string | undefined,
    session: BridgedSession,
    sink: CallSink,
  ): Promise<void> {
    if (uri === undefined) {
      return finish(sink, errorDown(id, rpcError(rpcCodes.invalidParams, '"uri" is missing')));
    }
    const listening = this.#listening(session);
    const subscribes = method === 'resources/subscribe';
    const error = subscribes
      ? await listening.subscribe(uri, sink.aside)
      : listening.unsubscribe(uri, sink.aside);
    this.#states.tidy(keyOf(session));
    finish(sink, error ? errorDown(id, error) : resultDown(id, {}));
  }

  #notification(frame: NotificationFrame, session: BridgedSession, sink: CallSink): void {
    const { method, params } = frame.message;
    if (method === 'notifications/cancelled') {
      const id = params?.requestId;
      if (typeof id === 'string' || typeof id === 'number') {
        this.#states.get(keyOf(session))?.calls.get(id)?.abort();
      }
    } else if (!swallowed.includes(method)) {
      this.#bridge.log.debug({ method }, 'a notification has no meaning in the stateless era');
    }
    accept(sink);
  }

  #listening(session: BridgedSession): Listening {
    const state: SessionState = this.#states.of(keyOf(session));
    state.listening ??= new Listening({
      ...{ bridge: this.#bridge, owner: session.owner, envelope: envelopeOf(session.client) },
      newId: () => ++this.#lastId,
    });
    return state.listening;
  }
}

function keyOf({ owner, session }: BridgedSession): string {
  return `${owner}\n${session}`;
}
