import { GateError } from '../../model/errors.ts';
import type {
  AnswerFrame,
  Frame,
  NotificationFrame,
  RequestFrame,
  RequestId,
} from '../../model/message.ts';
import type { UpstreamHead, UpstreamLink, UpstreamSession, UpstreamSink } from '../contract.ts';

/** Hears the methods of messages that a call has the links send of their own. */
export type Aside = (method: string) => void;

/** An upstream's answer to a request. */
export interface Answered {
  readonly answer: AnswerFrame;
  /** The session that it opened. */
  readonly session: string | undefined;
}

export interface AskOptions {
  /** Gives the request up. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait at most; left out: as long as the link does. */
  readonly timeout?: number;
  readonly opened?: (head: UpstreamHead) => void;
  /** Takes what comes before the answer. */
  readonly before?: (frame: NotificationFrame | RequestFrame) => void | Promise<void>;
  readonly aside?: Aside | undefined;
}

/** How long a stream may go on after its answer, in milliseconds: one that closes by itself keeps its connection. */
const LINGER = 5_000;

/**
 * Sends a request and waits for its answer.
 *
 * @throws GateError whatever kept it from having one; CLIENT_GONE where it was given up
 */
export function ask(
  link: UpstreamLink,
  frame: RequestFrame,
  place: UpstreamSession,
  options: AskOptions = {},
): Promise<Answered> {
  const asking = new Asking(frame.message.id, options);
  if (!asking.signal.aborted) link.send(frame, place, asking, asking.signal);
  return asking.answered;
}

/**
 * Sends what has no answer.
 *
 * @param signal gives it up
 * @returns the error if the upstream did not take it; CLIENT_GONE where it was given up
 */
export function tell(
  link: UpstreamLink,
  frame: Frame,
  place: UpstreamSession,
  signal: AbortSignal = new AbortController().signal,
): Promise<GateError | undefined> {
  return new Promise((resolve) => {
    const giveUp = () => resolve(new GateError('CLIENT_GONE', 'the message was given up'));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    const sink = {
      open: () => undefined,
      frame: () => undefined,
      end: () => resolve(undefined),
      fail: resolve,
    };
    link.send(frame, place, sink, signal);
  });
}

/** True of the answer to a request; an error may have lost its id. */
export function answers({ kind, message }: AnswerFrame, id: RequestId): boolean {
  return message.id === id || (kind === 'error' && message.id === null);
}

/** Waits for the answer to one request. */
class Asking implements UpstreamSink {
  readonly answered: Promise<Answered>;
  readonly #id: RequestId;
  readonly #options: AskOptions;
  readonly #abort = new AbortController();
  readonly #settle: PromiseWithResolvers<Answered>;
  readonly #timer: NodeJS.Timeout | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #session: string | undefined;

  constructor(id: RequestId, options: AskOptions) {
    const { signal, timeout } = options;
    this.#id = id;
    this.#options = options;
    this.#settle = Promise.withResolvers();
    this.answered = this.#settle.promise;
    const expire = () => {
      this.#abort.abort();
      const said = `the upstream did not answer within ${timeout} ms`;
      this.fail(new GateError('UPSTREAM_TIMEOUT', said));
    };
    if (timeout !== undefined) this.#timer = setTimeout(expire, timeout);
    signal?.addEventListener('abort', this.#giveUp, { once: true });
    if (signal?.aborted) this.#giveUp();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  open(head: UpstreamHead): void {
    this.#session = head.session;
    this.#options.opened?.(head);
  }

  frame(frame: Frame): void | Promise<void> {
    if (frame.kind === 'request' || frame.kind === 'notification') {
      return this.#options.before?.(frame);
    }
    if (!answers(frame, this.#id)) return;
    this.#rest();
    this.#settle.resolve({ answer: frame, session: this.#session });
    this.#lingering = setTimeout(() => this.#abort.abort(), LINGER).unref();
  }

  aside(method: string): void {
    this.#options.aside?.(method);
  }

  end(): void {
    this.fail(new GateError('UPSTREAM_ENDED', 'the upstream ended without an answer'));
  }

  /** Means nothing once the answer is here. */
  fail(error: GateError): void {
    this.#rest();
    this.#settle.reject(error);
  }

  readonly #giveUp = (): void => {
    this.#abort.abort();
    this.fail(new GateError('CLIENT_GONE', 'the request was given up'));
  };

  #rest(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#lingering);
    this.#options.signal?.removeEventListener('abort', this.#giveUp);
  }
}
