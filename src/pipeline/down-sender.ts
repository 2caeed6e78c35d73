import { member } from '../model/json.ts';
import {
  type AnswerFrame,
  frameText,
  type NotificationFrame,
  type RequestFrame,
  type RequestId,
} from '../model/message.ts';
import type { Log } from '../model/seams.ts';
import type { UpstreamLink, UpstreamSink } from '../transport/contract.ts';
import type { ClientSink } from './client-sink.ts';
import type { Exchange } from './exchange.ts';
import type { Gate } from './gate.ts';
import type { ServerRequests } from './server-requests.ts';
import type { Session } from './session.ts';

/** Brings an upstream's own requests and notifications through the gate to the client of a session. */
export class DownSender {
  readonly #gate: Gate;
  readonly #link: UpstreamLink;
  readonly #session: Session;
  readonly #requests: ServerRequests;
  readonly #log: Log;

  constructor(
    gate: Gate,
    link: UpstreamLink,
    session: Session,
    requests: ServerRequests,
    log: Log,
  ) {
    this.#gate = gate;
    this.#link = link;
    this.#session = session;
    this.#requests = requests;
    this.#log = log;
  }

  async send(
    frame: RequestFrame | NotificationFrame,
    exchange: Exchange,
    client: ClientSink,
    eventId?: string,
  ): Promise<void> {
    const verdict = await this.#gate.pass(frame, exchange);
    if (verdict.kind === 'drop') return;
    if (verdict.kind === 'answer') return this.#answer(verdict.answer);
    const sent = this.#named(verdict.frame as typeof frame);
    if (!sent) return;
    client.open();
    await client.message(frameText(sent), eventId);
  }

  /** The frame with ids as the client knows them; undefined where it speaks of a request that the client never got. */
  #named(frame: RequestFrame | NotificationFrame): RequestFrame | NotificationFrame | undefined {
    if (frame.kind === 'request') return this.#requests.issue(frame, this.#session);
    const { method, params } = frame.message;
    if (method !== 'notifications/cancelled' || !params) return frame;
    const own = member(params, 'requestId') as RequestId | undefined;
    const known = own === undefined ? undefined : this.#session.asked.get(own);
    if (own === undefined || known === undefined) return undefined;
    this.#session.asked.delete(own);
    const { source: _, ...rest } = frame;
    return { ...rest, message: { ...frame.message, params: { ...params, requestId: known } } };
  }

  /** A refused request is answered, so that the upstream doesn't wait for the client. */
  #answer(answer: AnswerFrame['message']): void {
    const frame =
      'result' in answer
        ? { kind: 'result' as const, direction: 'up' as const, message: answer }
        : { kind: 'error' as const, direction: 'up' as const, message: answer };
    const { upstreamSession, protocol, upstream } = this.#session;
    const session = { session: upstreamSession, protocol };
    this.#link.send(frame, session, quiet(this.#log, upstream), new AbortController().signal);
  }
}

/** Takes the response to something that has none. */
function quiet(log: Log, upstream: string): UpstreamSink {
  return {
    open: () => undefined,
    frame: () => undefined,
    end: () => undefined,
    fail: ({ code, message }) => {
      log.warn({ upstream, code, cause: message }, 'the upstream did not take a refusal');
    },
  };
}
