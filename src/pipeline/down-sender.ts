import {
  type AnswerFrame,
  frameText,
  type NotificationFrame,
  type RequestFrame,
  type RequestId,
} from '../model/message.ts';
import type { Log } from '../model/seams.ts';
import { errorAnswer, rpcCodes } from '../protocol/jsonrpc.ts';
import type { UpstreamLink } from '../transport/contract.ts';
import { upstreamSessionOf } from './caller.ts';
import type { ClientSink } from './client-sink.ts';
import { answerUp, delivery } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import type { Gate } from './gate.ts';
import type { ServerRequests } from './server-requests.ts';
import type { Session } from './session.ts';
import { isSolicited } from './solicited.ts';

/** Refusals that may be on their way to an upstream at a time: it decides how much it asks. */
const MAX_REFUSALS = 64;
/** A longer id would not fit into the sealed one that the client gets. */
const MAX_ID_LENGTH = 512;

/** Brings a client what an upstream sends of its own accord. */
export interface Sender {
  send(
    frame: RequestFrame | NotificationFrame,
    exchange: Exchange,
    client: ClientSink,
    eventId?: string,
  ): Promise<void>;
}

/** The same in the stateless era, where upstreams only notify (2026-07-28, transports, receiving messages). */
export class NoticeSender implements Sender {
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  async send(
    frame: RequestFrame | NotificationFrame,
    exchange: Exchange,
    client: ClientSink,
  ): Promise<void> {
    if (frame.kind === 'request' || !isSolicited(frame, exchange.params)) return;
    const verdict = await this.#gate.pass(frame, exchange);
    if (verdict.kind !== 'forward') return;
    client.open();
    await client.message(frameText(verdict.frame));
  }
}

/** Brings an upstream's own requests and notifications through the gate to the client of a session. */
export class DownSender implements Sender {
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
    if (!this.#isKnown(frame)) {
      const { upstream } = this.#session;
      this.#log.debug({ upstream }, 'the upstream takes back what the client was never asked');
      return;
    }
    if (frame.kind === 'request' && isLong(frame.message.id)) {
      const text = 'the id of the request is too long';
      return this.#answer(errorAnswer(frame.message.id, rpcCodes.invalidRequest, text));
    }
    const verdict = await this.#gate.pass(frame, exchange);
    if (verdict.kind === 'drop') return;
    if (verdict.kind === 'answer') return this.#answer(verdict.answer);
    const sent = this.#named(verdict.frame as typeof frame);
    client.open();
    const { texts } = exchange;
    await client.message(frameText(sent), texts ? texts.reached(eventId) : eventId);
  }

  /** False of a cancellation of a request that the client never got. */
  #isKnown({ kind, message }: RequestFrame | NotificationFrame): boolean {
    if (kind === 'request' || message.method !== 'notifications/cancelled') return true;
    return this.#session.asked.has(message.params?.requestId as RequestId);
  }

  /** The frame with ids as the client knows them. */
  #named(frame: RequestFrame | NotificationFrame): RequestFrame | NotificationFrame {
    if (frame.kind === 'request') return this.#requests.issue(frame, this.#session);
    const { method, params } = frame.message;
    if (method !== 'notifications/cancelled') return frame;
    const own = params?.requestId as RequestId;
    const requestId = this.#session.asked.get(own) ?? own;
    this.#session.asked.delete(own);
    const { source: _, ...rest } = frame;
    return { ...rest, message: { ...frame.message, params: { ...params, requestId } } };
  }

  /** A refused request is answered, so that the upstream doesn't wait for the client. */
  #answer(answer: AnswerFrame['message']): void {
    const session = this.#session;
    const { upstream } = session;
    if (session.refusals >= MAX_REFUSALS) {
      this.#log.debug({ upstream }, 'too many refusals are on their way already');
      return;
    }
    session.refusals++;
    void delivery(this.#link, answerUp(answer), upstreamSessionOf(session)).then((error) => {
      session.refusals--;
      if (!error) return;
      const fields = { upstream, code: error.code, cause: error.message };
      this.#log.debug(fields, 'the upstream did not take a refusal');
    });
  }
}

function isLong(id: RequestId): boolean {
  return typeof id === 'string' && id.length > MAX_ID_LENGTH;
}
