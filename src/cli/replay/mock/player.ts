import { type ErrorCode, errorCodes, GateError } from '../../../model/errors.ts';
import { isObject, type Json } from '../../../model/json.ts';
import type { AnswerFrame, RequestFrame, RequestId } from '../../../model/message.ts';
import { newId } from '../../../pipeline/new-id.ts';
import { NOT_RECORDED } from '../../../replay/mock/answering.ts';
import { type Ending, type Script, toldIn } from '../../../replay/mock/script.ts';
import type { Recorded } from '../../../replay/recorded-subject.ts';
import { errorDown, finish, resultDown } from '../../../transport/bridge/frames.ts';
import type { GuardedSink } from '../../../transport/channel/guarded-sink.ts';
import { adapted } from './adapted.ts';
import type { MockSession } from './mock-session.ts';

export interface PlayerOptions {
  /** Reads an exchange; undefined where it was removed meanwhile. */
  readonly load: (exchange: string) => Recorded | undefined;
  /** What the upstream sent of its own accord after an exchange. */
  readonly following: (exchange: string) => readonly string[];
  /** Waits as long as it took when it was recorded, or not at all. Never rejects. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Clients wait a minute; whoever was left without an answer then is left so again, but not for ever. */
const SILENCE = 60_000;

/** Says to a client what was said when it was recorded. */
export class Player {
  readonly #session: MockSession;
  readonly #options: PlayerOptions;

  constructor(session: MockSession, options: PlayerOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** Plays what came for a request, to its end. */
  async play(
    { exchange, lines, ending }: Script,
    request: RequestFrame['message'],
    sink: GuardedSink,
    signal: AbortSignal,
  ): Promise<void> {
    const { pause } = this.#options;
    const renamed = new Map<Json, RequestId>();
    let asked = false;
    for (const { after, frame } of lines) {
      // How long the client took to answer then is not for the mock to wait.
      if (!asked) await pause(after, signal);
      asked = frame.kind === 'request';
      if (signal.aborted) return;
      const sent = frame.kind === 'request' ? named(frame) : adapted(frame, request, renamed);
      if (!sent) continue;
      sink.open({ streamed: true });
      if (sent.kind !== 'request') await sink.frame(sent);
      else {
        renamed.set((frame as RequestFrame).message.id, sent.message.id);
        const answered = this.#session.answered(sent.message.id, signal);
        await sink.frame(sent);
        await answered;
      }
    }
    if (request.method === 'subscriptions/listen') this.#subscribe(request, sink, signal);
    const late = await this.#early(exchange, signal);
    if (!asked) await pause(ending.after, signal);
    if (signal.aborted) return;
    await this.#end(exchange, ending, request, sink, signal);
    await this.#tellAll(late);
  }

  #subscribe({ id, params }: RequestFrame['message'], sink: GuardedSink, signal: AbortSignal) {
    const filter = params?.notifications;
    if (isObject(filter)) this.#session.subscribe({ id, filter, sink }, signal);
  }

  /** What the upstream sent of its own accord after an exchange; once to each client. */
  async follow(exchange: string): Promise<void> {
    await this.#tellAll(this.#followers(exchange));
  }

  /**
   * The same of what came before the answer, which may have waited for it.
   *
   * @returns what came later
   */
  async #early(exchange: string, signal: AbortSignal): Promise<readonly Recorded[]> {
    const followers = this.#followers(exchange);
    const closedAt = followers.length === 0 ? 0 : this.#options.load(exchange)?.record.closedAt;
    const isEarly = ({ record }: Recorded) => record.openedAt < (closedAt ?? 0);
    for (const one of followers.filter(isEarly)) await this.#tell(one, signal);
    return followers.filter((one) => !isEarly(one));
  }

  #followers(exchange: string): readonly Recorded[] {
    const { following, load } = this.#options;
    const { followed } = this.#session;
    const ids = followed.has(exchange) ? [] : following(exchange);
    if (ids.length > 0) followed.add(exchange);
    return ids.flatMap((id) => load(id) ?? []);
  }

  async #tellAll(followers: readonly Recorded[]): Promise<void> {
    const { signal } = this.#session;
    for (const one of followers) {
      if (!signal.aborted) await this.#tell(one, signal);
    }
  }

  async #tell(recorded: Recorded, signal: AbortSignal): Promise<void> {
    const frame = toldIn(recorded);
    if (frame?.kind === 'notification') await this.#session.tell(frame);
    if (frame?.kind !== 'request') return;
    const sent = named(frame);
    const answered = this.#session.answered(sent.message.id, signal);
    await this.#session.tell(sent);
    if (this.#session.listens) await answered;
  }

  async #end(
    exchange: string,
    ending: Ending,
    request: RequestFrame['message'],
    sink: GuardedSink,
    signal: AbortSignal,
  ): Promise<void> {
    const { id } = request;
    switch (ending.kind) {
      case 'answer':
        return finish(sink, answerTo(id, ending.message));
      case 'failure':
        return sink.fail(new GateError(codeOf(ending.code), ending.message));
      case 'unreadable':
        return refuse(sink, id, `the answer of exchange ${exchange} was not kept, or not whole`);
      case 'silence': {
        await silence(signal, request.method === 'subscriptions/listen');
        if (signal.aborted) return;
        return refuse(sink, id, `exchange ${exchange} had no answer when it was recorded`);
      }
    }
  }
}

/** A request of the upstream's under an id that no other has. */
function named({ message }: RequestFrame): RequestFrame {
  return { kind: 'request', direction: 'down', message: { ...message, id: newId() } };
}

function answerTo(id: RequestId, message: AnswerFrame['message']): AnswerFrame {
  return 'result' in message ? resultDown(id, message.result) : errorDown(id, message.error);
}

function refuse(sink: GuardedSink, id: RequestId, message: string): void {
  finish(sink, errorDown(id, { code: NOT_RECORDED, message }));
}

/** Transcripts may be older or newer than this list of codes. */
function codeOf(code: string): ErrorCode {
  return Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'UPSTREAM_ENDED';
}

/** @param lasting it has no answer as long as it goes on */
function silence(signal: AbortSignal, lasting: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = lasting ? undefined : setTimeout(resolve, SILENCE);
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise.finally(() => clearTimeout(timer));
}
