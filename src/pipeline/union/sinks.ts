import { GateError } from '../../model/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import type { RequestId } from '../../model/message.ts';
import type { ClientSink } from '../client-sink.ts';
import type { ProgressTokens } from './progress-tokens.ts';
import type { Renaming } from './renaming.ts';

/** What became of a request to one upstream. */
export type Answered =
  | { readonly kind: 'result'; readonly result: JsonObject; readonly session?: string | undefined }
  | { readonly kind: 'error'; readonly error: JsonObject }
  | { readonly kind: 'failure'; readonly error: GateError };

/** Hears nothing, and is never there for long. */
export function silentSink(): ClientSink {
  const nothing = () => undefined;
  return {
    ...{ gone: false, onGone: nothing, open: nothing, message: nothing },
    ...{ answer: nothing, accepted: nothing, end: nothing, fail: nothing },
  };
}

/** Waits for the answer of one upstream; what comes before it goes to the client, where there is one. */
export class AnswerSink implements ClientSink {
  readonly answered: Promise<Answered>;
  readonly #client: ClientSink;
  readonly #resolve: (answered: Answered) => void;
  readonly #onGone: (() => void)[] = [];

  constructor(client: ClientSink = silentSink()) {
    const { promise, resolve } = Promise.withResolvers<Answered>();
    this.answered = promise;
    this.#resolve = resolve;
    this.#client = client;
  }

  get gone(): boolean {
    return this.#client.gone;
  }

  onGone(listener: () => void): void {
    this.#onGone.push(listener);
    this.#client.onGone(listener);
  }

  /** The answer comes too late to be waited for: whoever works on it may stop. */
  giveUp(error: GateError): void {
    this.fail(error);
    for (const listener of this.#onGone.splice(0)) listener();
  }

  open(): void {
    // A stream is worth it once there is something to say.
  }

  message(text: string): void | Promise<void> {
    this.#client.open();
    return this.#client.message(text);
  }

  answer(text: string, session?: string): void {
    const { result, error } = parseJson(text) as JsonObject;
    if (isObject(result)) this.#resolve({ kind: 'result', result, session });
    else this.#resolve({ kind: 'error', error: isObject(error) ? error : {} });
  }

  accepted(): void {
    this.end();
  }

  end(): void {
    const error = new GateError('UPSTREAM_ENDED', 'the call was given up');
    this.#resolve({ kind: 'failure', error });
  }

  fail(error: GateError): void {
    this.#resolve({ kind: 'failure', error });
  }
}

/** Hands everything on to a client. */
class PassingSink implements ClientSink {
  readonly client: ClientSink;

  constructor(client: ClientSink) {
    this.client = client;
  }

  get gone(): boolean {
    return this.client.gone;
  }

  get away(): boolean {
    return this.client.away === true;
  }

  onGone(listener: () => void): void {
    this.client.onGone(listener);
  }

  open(): void {
    this.client.open();
  }

  message(text: string): void | Promise<void> {
    return this.client.message(text);
  }

  pause(milliseconds: number): void {
    this.client.pause?.(milliseconds);
  }

  answer(text: string): void {
    this.client.answer(text);
  }

  accepted(): void {
    this.client.accepted();
  }

  end(): void {
    this.client.end();
  }

  fail(error: GateError): void {
    this.client.fail(error);
  }
}

/** Gives a client what one upstream sends, in the words of the union. */
export class RenamingSink extends PassingSink {
  readonly #renaming: Renaming;
  readonly #method: string;

  /** @param method of the request that is answered */
  constructor(client: ClientSink, renaming: Renaming, method: string) {
    super(client);
    this.#renaming = renaming;
    this.#method = method;
  }

  override message(text: string): void | Promise<void> {
    return super.message(this.#renamed(text));
  }

  override answer(text: string): void {
    super.answer(this.#renamed(text));
  }

  #renamed(text: string): string {
    const message = parseJson(text) as JsonObject;
    const { method, params, result } = message;
    if (isObject(result)) {
      const named = this.#renaming.result(this.#method, result);
      return named === result ? text : JSON.stringify({ ...message, result: named });
    }
    if (typeof method !== 'string' || !isObject(params)) return text;
    const named = this.#renaming.params(method, params);
    return named === params ? text : JSON.stringify({ ...message, params: named });
  }
}

/** Notes which upstream wants to be told of progress. */
export class NotingSink extends PassingSink {
  readonly #upstream: string;
  readonly #tokens: ProgressTokens;

  constructor(client: ClientSink, upstream: string, tokens: ProgressTokens) {
    super(client);
    this.#upstream = upstream;
    this.#tokens = tokens;
  }

  override message(text: string): void | Promise<void> {
    this.#tokens.note(text, this.#upstream);
    return super.message(text);
  }
}

/** The text of an answer of the union's own. */
export function resultText(id: RequestId, result: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

/** Calls back once, when the client has its answer or will never get one. */
export class TrackedSink extends PassingSink {
  #over: (() => void) | undefined;

  constructor(client: ClientSink, over: () => void) {
    super(client);
    this.#over = over;
  }

  override answer(text: string): void {
    this.#finish();
    super.answer(text);
  }

  override accepted(): void {
    this.#finish();
    super.accepted();
  }

  override end(): void {
    this.#finish();
    super.end();
  }

  override fail(error: GateError): void {
    this.#finish();
    super.fail(error);
  }

  #finish(): void {
    this.#over?.();
    this.#over = undefined;
  }
}
