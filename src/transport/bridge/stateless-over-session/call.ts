import { GateError } from '../../../model/errors.ts';
import { isObject, type JsonObject, member } from '../../../model/json.ts';
import type {
  AnswerFrame,
  Frame,
  NotificationFrame,
  RequestFrame,
  RequestId,
} from '../../../model/message.ts';
import { eraOfError, lackingFor, mayAsk, resultTypes } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import { metaKeys, metaOf } from '../../../protocol/meta.ts';
import type { UpstreamSink } from '../../contract.ts';
import { type Aside, answers } from '../ask.ts';
import type { Bridge } from '../bridge.ts';
import type { CallSink } from '../call-sink.ts';
import { errorDown, finish, resultDown, rpcError } from '../frames.ts';
import { filterFor } from '../notices.ts';
import type { Lease } from './lease.ts';
import type { PendingCalls, Waits } from './pending.ts';
import {
  errorOf,
  inputRequestOf,
  progressFor,
  reaches,
  requestOf,
  resultOf,
  tagged,
  targetOf,
} from './translate.ts';
import type { Asked } from './upstream-session.ts';
import { visitsIn } from './visits.ts';

export interface CallOptions {
  readonly bridge: Bridge;
  readonly pending: PendingCalls<Call>;
  readonly newId: () => number;
  /** A session in the place of one that the upstream has lost. */
  readonly renew: (call: Call) => Promise<Lease | undefined>;
}

/** The client's request that waits for an answer now. */
interface Attached {
  readonly frame: RequestFrame;
  readonly sink: CallSink;
}

interface Question {
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonObject | undefined;
}

/** How long a stream may go on after its answer, in milliseconds. */
const LINGER = 5_000;
/** Notifications about what the stateless era does not have. */
const meaningless = ['notifications/elicitation/complete', 'notifications/tasks/status'];

/**
 * A stateless client's request at a session-era upstream. What the upstream asks in its midst answers the client's
 * request, while the upstream's call waits; the client's next request brings the answers and waits on.
 */
export class Call implements UpstreamSink, Asked, Waits {
  readonly target: string;
  readonly #request: RequestFrame;
  readonly #options: CallOptions;
  /** Questions that no answer has gone to, by the names that the client knows. */
  readonly #questions = new Map<string, Question>();
  #lease: Lease;
  /** What is said because of the call is a step of the client's request that waits now, if one does. */
  readonly aside: Aside = (method) => this.#attached?.sink.aside(method);
  #attached: Attached | undefined;
  #outcome: AnswerFrame | GateError | undefined;
  #abort = new AbortController();
  #wireId = 0;
  #opened = false;
  #renewed = false;
  #asked = 0;
  #rounds = 0;
  #gathering: NodeJS.Timeout | undefined;
  #lingering: NodeJS.Timeout | undefined;

  constructor(frame: RequestFrame, sink: CallSink, lease: Lease, options: CallOptions) {
    this.target = targetOf(frame);
    this.#request = frame;
    this.#options = options;
    this.#lease = lease;
    this.#attach(frame, sink);
  }

  get owner(): string {
    return this.#lease.session.owner;
  }

  get client() {
    return this.#lease.session.client;
  }

  get asks(): boolean {
    return mayAsk(this.#request.message.method) && this.#outcome === undefined;
  }

  get level(): string | undefined {
    const level = metaOf((this.#attached?.frame ?? this.#request).message.params)[
      metaKeys.logLevel
    ];
    return typeof level === 'string' ? level : undefined;
  }

  /** Sends the request to the upstream. */
  start(): void {
    const { session } = this.#lease;
    this.#wireId = this.#options.newId();
    this.#abort = new AbortController();
    session.calls.add(this);
    const request = requestOf(this.#request, this.#wireId);
    this.#options.bridge.inner.send(request, session.place, this, this.#abort.signal);
  }

  /** Goes on with what the client has brought. */
  resume(frame: RequestFrame, sink: CallSink): void {
    this.#attach(frame, sink);
    const { inputResponses } = frame.message.params ?? {};
    for (const [key, { id }] of isObject(inputResponses) ? [...this.#questions] : []) {
      const response = member(inputResponses as JsonObject, key);
      if (!isObject(response)) continue;
      this.#questions.delete(key);
      this.#lease.session.answer(id, response);
    }
    if (this.#outcome) this.#deliver();
    else if (this.#lease.session.closed) this.fail(lost());
    else if (this.#questions.size > 0) this.#ask();
  }

  /** Gives the call up, here and at the upstream. */
  cancel(reason: string): void {
    const aside = this.#attached?.sink.aside;
    this.#attached = undefined;
    if (this.#outcome) return;
    const { session } = this.#lease;
    if (this.#wireId > 0) session.cancel(this.#wireId, reason, aside);
    // Servers wait for answers whatever becomes of the call that they asked in.
    const error = rpcError(rpcCodes.internal, reason);
    for (const { id } of this.#questions.values()) session.refuse(id, error);
    this.#end(new GateError('CLIENT_GONE', reason));
    this.#abort.abort();
  }

  open({ streamed }: { readonly streamed: boolean }): void {
    this.#opened = true;
    if (streamed) this.#attached?.sink.open({ streamed });
  }

  frame(frame: Frame): void | Promise<void> {
    if (this.#outcome) return;
    if (frame.kind === 'notification') return this.#notification(frame);
    if (frame.kind === 'request') {
      return this.asks ? this.question(frame) : this.#lease.session.take(frame);
    }
    if (answers(frame, this.#wireId)) this.#settle(frame);
  }

  end(): void {
    clearTimeout(this.#lingering);
    this.#settle(new GateError('UPSTREAM_ENDED', 'the upstream ended without an answer'));
  }

  fail(error: GateError): void {
    clearTimeout(this.#lingering);
    if (this.#outcome) return;
    if (error.code === 'SESSION_UNKNOWN') return void this.#lost();
    if (error.code === 'UPSTREAM_TIMEOUT') {
      this.#lease.session.cancel(this.#wireId, 'no answer came in time', this.aside);
    }
    this.#settle(error);
  }

  question(frame: RequestFrame): void {
    const { id, method, params } = frame.message;
    const { session } = this.#lease;
    if (method === 'ping') return session.answer(id, {});
    const why = this.#reasonAgainst(method, params ?? {});
    if (why !== undefined) {
      return session.refuse(
        id,
        rpcError(rpcCodes.invalidRequest, `${method} can't be asked: ${why}`),
      );
    }
    this.#questions.set(`question-${++this.#asked}`, { id, method, params });
    // Servers that ask several things ask them at once.
    this.#gathering ??= setTimeout(() => this.#ask(), this.#options.bridge.times.gather);
  }

  withdraw(id: RequestId): void {
    for (const [key, question] of this.#questions) {
      if (question.id === id) this.#questions.delete(key);
    }
  }

  #attach(frame: RequestFrame, sink: CallSink): void {
    this.#attached = { frame, sink };
    sink.onOver = () => {
      if (this.#attached?.sink === sink) this.cancel('the client closed its stream');
    };
  }

  #reasonAgainst(method: string, params: JsonObject): string | undefined {
    if (!this.asks) return 'the call is none in which a client can be asked';
    if (this.#questions.size >= this.#options.bridge.limits.items) return 'too much is asked';
    if (params.task !== undefined) return 'the client has no tasks';
    const lacks = lackingFor(method, params, this.client.capabilities);
    return lacks === undefined ? undefined : `the client did not declare ${lacks}`;
  }

  #ask(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const { bridge, pending } = this.#options;
    const attached = this.#attached;
    if (!attached || this.#outcome || this.#questions.size === 0) return;
    const token = ++this.#rounds > bridge.limits.rounds ? undefined : pending.hold(this);
    if (token === undefined) return this.#giveUp(attached);
    this.#attached = undefined;
    const inputRequests = Object.fromEntries(
      this.#questions.entries().map(([key, { method, params }]) => {
        return [key, inputRequestOf(method, params)];
      }),
    );
    this.#answer(attached, { inputRequests, requestState: token });
  }

  #answer({ frame, sink }: Attached, asked: JsonObject): void {
    const result = { resultType: resultTypes.inputRequired, ...asked };
    finish(sink, resultDown(frame.message.id, tagged(result, this.#lease.serverInfo)));
  }

  #giveUp({ frame, sink }: Attached): void {
    this.cancel('the client can be asked no more');
    const said = 'too many calls wait for input, or this one has asked too often';
    finish(sink, errorDown(frame.message.id, rpcError(rpcCodes.internal, said)));
  }

  #notification(frame: NotificationFrame): void | Promise<void> {
    const { method } = frame.message;
    if (method === 'notifications/cancelled' || filterFor(method) !== undefined) {
      return this.#lease.session.take(frame);
    }
    return this.beside(frame);
  }

  beside(frame: NotificationFrame): void | Promise<void> {
    const { method, params } = frame.message;
    if (!this.#attached || meaningless.includes(method)) return;
    const { sink } = this.#attached;
    if (method === 'notifications/message' && !reaches(params, this.level)) return;
    const asked = this.#attached.frame;
    const isProgress = method === 'notifications/progress';
    const sent = isProgress ? progressFor(asked, frame, this.#wireId) : frame;
    if (!sent) return;
    sink.open({ streamed: true });
    return sink.frame(sent);
  }

  /** The upstream has not looked at the request if nothing had come of it. */
  async #lost(): Promise<void> {
    const { session } = this.#lease;
    session.close();
    session.calls.delete(this);
    const again = !this.#opened && !this.#renewed && this.#attached !== undefined;
    this.#renewed = true;
    const lease = again ? await this.#options.renew(this) : undefined;
    if (this.#outcome) return lease?.give();
    if (!lease) return this.#settle(lost());
    this.#lease.give();
    this.#lease = lease;
    this.aside(this.#request.message.method);
    this.start();
  }

  #settle(outcome: AnswerFrame | GateError): void {
    if (this.#outcome) return;
    this.#end(outcome);
    this.#lingering = setTimeout(() => this.#abort.abort(), LINGER).unref();
    if (this.#attached) this.#deliver();
  }

  #end(outcome: AnswerFrame | GateError): void {
    this.#outcome = outcome;
    clearTimeout(this.#gathering);
    this.#questions.clear();
    this.#lease.session.calls.delete(this);
    this.#lease.give();
  }

  #deliver(): void {
    const [attached, outcome] = [this.#attached, this.#outcome];
    this.#attached = undefined;
    if (!attached || !outcome) return;
    const { frame, sink } = attached;
    const { id, method } = frame.message;
    if (outcome instanceof GateError) return sink.fail(outcome);
    const { code, data } = outcome.kind === 'error' ? outcome.message.error : { code: 0 };
    if (eraOfError(code, data) === 'stateless') {
      this.#options.bridge.doubt();
      const said = 'the upstream speaks another revision than before: try again';
      return sink.fail(new GateError('UPSTREAM_ENDED', said));
    }
    if (outcome.kind === 'result') {
      const { serverInfo } = this.#lease;
      return finish(sink, resultDown(id, resultOf(method, outcome.message.result, serverInfo)));
    }
    const visits = mayAsk(method) ? visitsIn(outcome, this.client.capabilities) : undefined;
    if (visits) this.#answer(attached, { inputRequests: visits });
    else finish(sink, errorDown(id, errorOf(outcome.message.error)));
  }
}

function lost(): GateError {
  const said = 'the upstream has lost the session that the call was made in';
  return new GateError('UPSTREAM_ENDED', said);
}
