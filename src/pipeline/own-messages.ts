import { GateError } from '../model/errors.ts';
import type { AnswerFrame, Frame, NotificationFrame, RequestFrame } from '../model/message.ts';
import type { UpstreamHead, UpstreamLink, UpstreamSession } from '../transport/contract.ts';
import { type Caller, factsOf } from './caller.ts';
import { delivery } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeOpener } from './exchange-opener.ts';
import type { Gate } from './gate.ts';
import { newId } from './new-id.ts';
import type { Session } from './session.ts';
import type { Repeatable } from './session-memory.ts';

export interface OwnMessagesOptions {
  readonly gate: Gate;
  readonly exchanges: ExchangeOpener;
  readonly link: UpstreamLink;
  readonly caller: Caller;
  readonly session: Session;
  /** For the transcript: what makes the gate speak. */
  readonly why: string;
  /** Ends the wait for answers. */
  readonly signal: AbortSignal;
}

/** The upstream's answer, as it came. */
export interface Answered {
  readonly frame: AnswerFrame;
  /** The session that it opened. */
  readonly session: string | undefined;
}

/** How long the stream of an answer may go on after it, in milliseconds. */
const LINGER = 5_000;

/**
 * What the gate itself sends to an upstream in the name of a caller. It is judged like what the caller sends, and each
 * message is an exchange of its own.
 */
export class OwnMessages {
  readonly #options: OwnMessagesOptions;

  constructor(options: OwnMessagesOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and waits for its result.
   *
   * @param fits looks at the answer as it came
   * @throws GateError whatever kept it from having one; SESSION_UNKNOWN where it was refused or doesn't fit
   */
  async ask(
    request: Repeatable,
    place: UpstreamSession,
    fits: (answered: Answered) => boolean = () => true,
  ): Promise<Answered> {
    const { link, gate, signal } = this.#options;
    const message = { jsonrpc: '2.0', id: newId(), ...request } as const;
    const frame: RequestFrame = { kind: 'request', direction: 'up', message };
    return this.#within(frame, async (exchange) => {
      const verdict = await gate.pass(frame, exchange);
      if (verdict.kind !== 'forward') throw refused(request.method);
      const answered = await answerTo(link, verdict.frame, place, signal, (method) => {
        exchange.note('forwarded', { by: 'gate', method });
      });
      if (!fits(answered)) throw refused(request.method);
      const judged = await gate.pass(answered.frame, exchange);
      if (judged.kind === 'forward' && judged.frame.kind === 'result') return answered;
      throw refused(request.method);
    });
  }

  /**
   * Sends a notification.
   *
   * @throws GateError as {@link ask}
   */
  async tell(frame: NotificationFrame, place: UpstreamSession): Promise<void> {
    const { link, gate } = this.#options;
    return this.#within(frame, async (exchange) => {
      const verdict = await gate.pass(frame, exchange);
      if (verdict.kind !== 'forward') throw refused(frame.message.method);
      const failure = await delivery(link, verdict.frame, place);
      if (failure) throw failure;
      exchange.close('delivered');
    });
  }

  async #within<Found>(frame: Frame, act: (exchange: Exchange) => Promise<Found>): Promise<Found> {
    const { gate, exchanges, caller, session, why } = this.#options;
    const exchange = exchanges.of(caller, factsOf(caller, session), frame);
    exchange.note('opened', { by: 'gate', why });
    try {
      return await act(exchange);
    } catch (error) {
      if (!exchange.closed && error instanceof GateError) exchange.fail(error);
      throw error;
    } finally {
      void gate.settle(exchange);
    }
  }
}

function refused(method: string): GateError {
  return new GateError('SESSION_UNKNOWN', `${method} did not go as it went the first time`);
}

/** The answer to a request; nobody hears what comes beside it. */
function answerTo(
  link: UpstreamLink,
  frame: Frame,
  place: UpstreamSession,
  signal: AbortSignal,
  aside: (method: string) => void,
): Promise<Answered> {
  const abort = new AbortController();
  return new Promise<Answered>((resolve, reject) => {
    let head: UpstreamHead | undefined;
    const sink = {
      aside,
      open: (found: UpstreamHead) => {
        head = found;
      },
      frame: (answer: Frame) => {
        if (answer.kind !== 'result' && answer.kind !== 'error') return;
        resolve({ frame: answer, session: head?.session });
        setTimeout(() => abort.abort(), LINGER).unref();
      },
      end: () => reject(new GateError('UPSTREAM_ENDED', 'the upstream ended without a result')),
      fail: reject,
    };
    const late = () => {
      abort.abort();
      reject(new GateError('UPSTREAM_TIMEOUT', 'the upstream did not answer in time'));
    };
    if (signal.aborted) return late();
    signal.addEventListener('abort', late, { once: true });
    link.send(frame, place, sink, abort.signal);
  });
}
