import { randomUUID } from 'node:crypto';
import { isObject, type JsonObject, textMember } from '../../../model/json.ts';
import type { AnswerFrame, RequestFrame, RequestId } from '../../../model/message.ts';
import { lackingFor } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import type { GuardedSink } from '../../channel/guarded-sink.ts';
import { notificationDown, type RpcError, requestDown, rpcError } from '../frames.ts';

export interface RoundOptions {
  readonly sink: GuardedSink;
  readonly capabilities: JsonObject;
  /** The call is given up. */
  readonly signal: AbortSignal;
  /** Milliseconds for which the client may think. */
  readonly time: number;
  /** Most questions. */
  readonly limit: number;
}

/** What an `input_required` result asks for, answered; or why it isn't. */
export type Outcome = { readonly responses: JsonObject } | { readonly error: RpcError };

interface Question {
  readonly key: string;
  readonly method: string;
  readonly frame: RequestFrame;
}

/** Questions of one session that its client has not answered. */
export class Questions {
  readonly #open = new Map<RequestId, (answer: AnswerFrame) => void>();

  get size(): number {
    return this.#open.size;
  }

  /** Takes a client's answer; false where it answers nothing. */
  answer(frame: AnswerFrame): boolean {
    const { id } = frame.message;
    const take = id === null ? undefined : this.#open.get(id);
    if (id !== null) this.#open.delete(id);
    take?.(frame);
    return take !== undefined;
  }

  /** Asks the client for all that an upstream wants to know, as requests of the session era. */
  async ask(inputRequests: JsonObject, options: RoundOptions): Promise<Outcome> {
    const questions = questionsOf(inputRequests, options);
    if ('error' in questions) return questions;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { sink, signal, time } = options;
    const responses = new Map<string, JsonObject>();
    const give = (key: string, value: JsonObject) => {
      responses.set(key, value);
      if (responses.size < questions.length) return;
      resolve({ responses: Object.fromEntries(responses) });
    };
    const late = rpcError(rpcCodes.internal, `the client did not answer within ${time} ms`);
    const gone = rpcError(rpcCodes.internal, 'the call was given up');
    const onAbort = () => resolve({ error: gone });
    const timer = setTimeout(() => resolve({ error: late }), time);
    signal.addEventListener('abort', onAbort, { once: true });
    for (const { key, method, frame } of questions) {
      this.#open.set(frame.message.id, (answer) => {
        const value = responseOf(method, answer);
        if ('error' in value) resolve(value);
        else give(key, value.result);
      });
    }
    if (signal.aborted) onAbort();
    sink.open({ streamed: true });
    for (const { frame } of questions) if (!sink.over) await sink.frame(frame);
    const outcome = await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    await this.#withdraw(questions, sink);
    return outcome;
  }

  /** The client needn't think any longer about what nobody waits for. */
  async #withdraw(questions: readonly Question[], sink: GuardedSink): Promise<void> {
    for (const { frame } of questions) {
      const { id } = frame.message;
      if (!this.#open.delete(id) || sink.over) continue;
      const params = { requestId: id, reason: 'the call is over' };
      await sink.frame(notificationDown('notifications/cancelled', params));
    }
  }
}

function questionsOf(
  inputRequests: JsonObject,
  { capabilities, limit }: RoundOptions,
): readonly Question[] | { readonly error: RpcError } {
  const entries = Object.entries(inputRequests);
  if (entries.length > limit) return refused(`the upstream asks more than ${limit} questions`);
  const questions: Question[] = [];
  for (const [key, value] of entries) {
    const method = isObject(value) ? textMember(value, 'method') : undefined;
    if (!isObject(value) || method === undefined) return refused('the upstream asks for nothing');
    const params = isObject(value.params) ? value.params : {};
    const lacks = lackingFor(method, params, capabilities);
    if (lacks !== undefined) {
      return refused(`the upstream asks for ${method}, but the client did not declare ${lacks}`);
    }
    questions.push({ key, method, frame: questionOf(method, params) });
  }
  return questions;
}

/** Ids can't be guessed; a visit to a URL has an id of its own until 2025-11-25. */
function questionOf(method: string, params: JsonObject): RequestFrame {
  const visits = method === 'elicitation/create' && params.mode === 'url';
  const more = visits && params.elicitationId === undefined ? { elicitationId: randomUUID() } : {};
  return requestDown(`era-${randomUUID()}`, method, { ...params, ...more });
}

/** A client that fails to ask its user has not heard a no; without the rest the upstream can't go on. */
function responseOf(
  method: string,
  answer: AnswerFrame,
): { readonly result: JsonObject } | { readonly error: RpcError } {
  if (answer.kind === 'result') return { result: answer.message.result };
  if (method === 'elicitation/create') return { result: { action: 'cancel' } };
  const { code, message } = answer.message.error;
  return { error: rpcError(code, `the client refused ${method}: ${message}`) };
}

function refused(message: string): { readonly error: RpcError } {
  return { error: rpcError(rpcCodes.internal, message) };
}
