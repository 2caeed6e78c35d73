import { setTimeout as sleep } from 'node:timers/promises';
import { GateError } from '../../../model/errors.ts';
import { isObject, type JsonObject } from '../../../model/json.ts';
import type { AnswerFrame, NotificationFrame, RequestFrame } from '../../../model/message.ts';
import { mayAsk, resultTypes } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import { LATEST_STATELESS } from '../../../protocol/revisions.ts';
import { ask } from '../ask.ts';
import { asGateError, type Bridge } from '../bridge.ts';
import type { CallSink } from '../call-sink.ts';
import { errorDown, finish, type RpcError, resultDown, rpcError } from '../frames.ts';
import type { Questions } from './questions.ts';
import type { ClientFacts } from './session-id.ts';
import { envelopeOf, errorOf, requestOf, resultOf } from './translate.ts';

export interface CallOptions {
  readonly bridge: Bridge;
  readonly owner: string;
  readonly client: ClientFacts;
  readonly level: string | undefined;
  readonly questions: Questions;
  readonly sink: CallSink;
  /** Ids for requests to the upstream. */
  readonly newId: () => number;
}

/** Milliseconds between two tries of a request that the upstream wants repeated without asking anything. */
const RETRY = 200;

/**
 * A session-era client's request at a stateless upstream. Where the upstream asks for more, the client is asked, and the
 * request goes up again with what it said (2026-07-28, multi round-trip requests).
 */
export class Call {
  readonly #frame: RequestFrame;
  readonly #options: CallOptions;
  readonly #abort = new AbortController();

  constructor(frame: RequestFrame, options: CallOptions) {
    this.#frame = frame;
    this.#options = options;
  }

  /** Gives the call up: in the stateless era nobody listening is all the upstream need know. */
  abort(): void {
    this.#abort.abort();
  }

  /** Resolves when the call is over. Never rejects. */
  async run(): Promise<void> {
    const { sink } = this.#options;
    try {
      const answer = await this.#rounds();
      if (!sink.over) finish(sink, answer);
    } catch (error) {
      const failure = await this.#explained(asGateError(error));
      // A call that its client takes back has no answer.
      if (failure.code === 'CLIENT_GONE') return this.#end();
      sink.fail(failure);
    }
  }

  async #rounds(): Promise<AnswerFrame> {
    const { limits } = this.#options.bridge;
    let more: JsonObject = {};
    for (let round = 1; ; round++) {
      // The client has asked once; that its request goes up once more is the bridge's doing.
      if (round > 1) this.#options.sink.aside(this.#frame.message.method);
      const answer = await this.#ask(more);
      if (answer.kind === 'error') return this.#refused(answer.message.error);
      const { result } = answer.message;
      const { resultType = resultTypes.complete } = result;
      if (resultType === resultTypes.complete) return this.#result(result);
      if (resultType !== resultTypes.inputRequired) return this.#error(strange(resultType));
      if (!mayAsk(this.#frame.message.method)) return this.#error(misplaced);
      if (round >= limits.rounds) {
        const said = `the upstream asked for input ${limits.rounds} times without an end`;
        return this.#error(rpcError(rpcCodes.internal, said));
      }
      const input = await this.#input(result, round);
      if ('error' in input) return this.#error(input.error);
      more = input.more;
    }
  }

  async #ask(more: JsonObject): Promise<AnswerFrame> {
    const { bridge, owner, client, level, newId, sink } = this.#options;
    const request = requestOf(this.#frame, newId(), envelopeOf(client, level), more);
    const { answer } = await ask(
      bridge.inner,
      request,
      { owner, protocol: LATEST_STATELESS },
      {
        signal: this.#abort.signal,
        opened: ({ streamed }) => {
          if (streamed) sink.open({ streamed });
        },
        before: (frame) => this.#before(frame),
        aside: sink.aside,
      },
    );
    return answer;
  }

  /** Servers of this era have no requests of their own. */
  #before(frame: NotificationFrame | RequestFrame): void | Promise<void> {
    const { sink } = this.#options;
    if (frame.kind === 'request') return;
    sink.open({ streamed: true });
    return sink.frame(frame);
  }

  /** What goes up with the request the next time. */
  async #input(
    { inputRequests, requestState }: JsonObject,
    round: number,
  ): Promise<{ more: JsonObject } | { error: RpcError }> {
    const { sink, client, questions, bridge } = this.#options;
    const { signal } = this.#abort;
    const state = requestState === undefined ? {} : { requestState };
    if (!isObject(inputRequests) || Object.keys(inputRequests).length === 0) {
      await sleep(RETRY * round, undefined, { signal }).catch(() => undefined);
      return { more: state };
    }
    const outcome = await questions.ask(inputRequests, {
      ...{ sink, signal, capabilities: client.capabilities },
      ...{ time: bridge.times.input, limit: bridge.limits.items },
    });
    if ('error' in outcome) return outcome;
    return { more: { ...state, inputResponses: outcome.responses } };
  }

  /** An upstream that refuses what it understood before may have been replaced by one with sessions. */
  async #explained(failure: GateError): Promise<GateError> {
    const { bridge, owner, sink } = this.#options;
    if (failure.code !== 'UPSTREAM_STATUS') return failure;
    if (await bridge.stillStateless(owner, sink.aside)) return failure;
    return new GateError('SESSION_UNKNOWN', 'the upstream has become one with sessions');
  }

  /** The official SDKs refuse by this code what belongs to no session. */
  async #refused(error: RpcError): Promise<AnswerFrame> {
    if (error.code === rpcCodes.server) {
      const suspicion = await this.#explained(new GateError('UPSTREAM_STATUS', error.message));
      if (suspicion.code === 'SESSION_UNKNOWN') throw suspicion;
    }
    return this.#error(error);
  }

  #end(): void {
    const { sink } = this.#options;
    sink.open({ streamed: false });
    sink.end();
  }

  #result(result: JsonObject): AnswerFrame {
    const { id, method } = this.#frame.message;
    return resultDown(id, resultOf(method, result));
  }

  #error(error: RpcError): AnswerFrame {
    const { id, method } = this.#frame.message;
    return errorDown(id, errorOf(method, error));
  }
}

const misplaced = rpcError(
  rpcCodes.internal,
  'the upstream asks for input where none can be asked',
);

function strange(resultType: unknown): RpcError {
  const said = `the upstream answered with a result of type ${JSON.stringify(resultType)}`;
  return rpcError(rpcCodes.internal, `${said}, which the session era does not have`);
}
