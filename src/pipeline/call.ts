import { GateError, messageOf } from '../model/errors.ts';
import { isObject, textMember } from '../model/json.ts';
import { type AnswerFrame, type Frame, frameText, type RequestFrame } from '../model/message.ts';
import type { Log } from '../model/seams.ts';
import { isStatelessRevision } from '../protocol/revisions.ts';
import type {
  UpstreamHead,
  UpstreamLink,
  UpstreamSession,
  UpstreamSink,
} from '../transport/contract.ts';
import { CallWaiting } from './call-waiting.ts';
import type { ClientSink } from './client-sink.ts';
import type { Verdict } from './contract.ts';
import { delivery } from './delivery.ts';
import type { Sender } from './down-sender.ts';
import type { Exchange } from './exchange.ts';
import type { Gate } from './gate.ts';
import { HeldTexts } from './held-texts.ts';
import type { ServerRequests } from './server-requests.ts';
import type { Ends, Session } from './session.ts';

export interface CallOptions {
  readonly gate: Gate;
  readonly exchange: Exchange;
  readonly link: UpstreamLink;
  readonly client: ClientSink;
  /** Brings the client what comes before the answer; without one that is dropped. */
  readonly sender: Sender | false;
  readonly log: Log;
  /** That it belongs to; undefined for what begins one, and in the stateless era. */
  readonly session: Session | undefined;
  /** What the gate itself asks a client while the call waits. */
  readonly requests: ServerRequests;
  /** Called once, when it is over. */
  readonly over: () => void;
  /** The upstream says that the session is gone. */
  readonly lost: () => void;
  /** `initialize` was answered: makes the session that the client is told of. */
  readonly begin?: (founded: Founded) => Session | undefined;
}

/** How `initialize` was answered. */
export interface Founded {
  /** As the upstream gave it. */
  readonly given: AnswerFrame;
  /** As the client gets it. */
  readonly answer: AnswerFrame;
  readonly upstreamSession: string | undefined;
}

/** Where a message goes once more that its upstream has not looked at; undefined where it can't. */
type Again = () => Promise<UpstreamSession | undefined>;

/** What can be sent back as MCP-Protocol-Version, and be a part of a session id. */
const HEADER_TOKEN = /^[\x21-\x7e]{1,64}$/;
/** How long an upstream's stream may go on after its answer, in milliseconds. */
const LINGER = 5_000;

/** A request under way: takes what the upstream sends, has it judged, and gives it to the client. */
export class Call implements UpstreamSink, Ends {
  readonly #options: CallOptions;
  readonly #abort = new AbortController();
  /** Frames are judged one after the other, in the order they came. */
  #queue: Promise<void> | undefined;
  #head: UpstreamHead | undefined;
  /** The session in which the request went up; undefined before it did. */
  #sent: UpstreamSession | undefined;
  #again: (() => Promise<boolean>) | undefined;
  /** What masks hold of texts that come in pieces; undefined where nothing comes before the answer. */
  readonly #held: HeldTexts | undefined;
  readonly #waiting: CallWaiting;
  #over = false;

  constructor(options: CallOptions) {
    this.#options = options;
    const { sender, exchange, client, session, requests } = options;
    this.#waiting = new CallWaiting(client, session, requests);
    exchange.waiting = this.#waiting;
    if (!sender) return;
    this.#held = new HeldTexts(
      (act) => this.#enqueue(act),
      async (frame) => {
        if (!this.#over) await sender.send(frame, exchange, client);
      },
    );
    exchange.texts = this.#held.texts;
  }

  get over(): boolean {
    return this.#over;
  }

  /**
   * Sends the request that the gate let through.
   *
   * @param again asked once, if the upstream doesn't know the session
   */
  start(frame: RequestFrame, session: UpstreamSession, again?: Again): void {
    this.#sent = session;
    this.#again = again && (() => this.#startAgain(frame, again));
    this.#options.link.send(frame, session, this, this.#abort.signal);
  }

  /** True where the request is on its way once more, or nobody waits for it any longer. */
  async #startAgain(frame: RequestFrame, again: Again): Promise<boolean> {
    const place = await again();
    if (this.#over) return true;
    if (place) this.start(frame, place);
    return place !== undefined;
  }

  open(head: UpstreamHead): void {
    this.#head = head;
    // The answer to initialize names a session that exists only once the answer is known.
    if (head.streamed && !this.#options.begin) this.#options.client.open();
  }

  frame(frame: Frame): Promise<void> {
    return this.#enqueue(() => this.#down(frame));
  }

  paused(milliseconds: number): void {
    this.#enqueue(async () => {
      if (!this.#over) this.#options.client.pause?.(milliseconds);
    });
  }

  /** It is a step of the exchange, so that the transcript has all that was said in the caller's name. */
  aside(method: string): void {
    const { exchange } = this.#options;
    if (!exchange.closed) exchange.note('forwarded', { by: 'gate', method });
  }

  end(): void {
    if (this.#over) return;
    this.#enqueue(async () => {
      await this.#held?.release();
      if (this.#over) return;
      const message = `${this.#options.exchange.upstream} ended its answer without a result`;
      await this.#fail(new GateError('UPSTREAM_ENDED', message));
    });
  }

  fail(error: GateError): void {
    if (error.code === 'UPSTREAM_TIMEOUT') this.#takeBack('no answer came in time');
    this.#enqueue(async () => {
      const lost = error.code === 'SESSION_UNKNOWN' && !this.#head && !this.#over;
      if (lost && (await this.#again?.())) return;
      await this.#held?.release();
      await this.#fail(error);
    });
  }

  /** Gives the call up; the client hears nothing more of it. */
  async cancel(reason: string, byClient = false): Promise<void> {
    if (!this.#finish(byClient)) return;
    this.#abort.abort();
    const { exchange, gate, client } = this.#options;
    exchange.note('failed', { reason });
    exchange.close('cancelled');
    await gate.settle(exchange);
    client.end();
  }

  /** Ends the call with an error that the client is told. */
  async refuse(error: GateError): Promise<void> {
    this.#abort.abort();
    this.#takeBack(error.message);
    await this.#fail(error);
  }

  /**
   * Whoever gives a request up says so (2025-11-25, lifecycle, timeouts). `initialize` can't be taken back, and in the
   * stateless era that nobody listens any more says it all.
   */
  #takeBack(reason: string): void {
    const { link, exchange, begin } = this.#options;
    const { requestId } = exchange;
    if (!this.#sent || this.#over || begin || requestId === undefined) return;
    const { protocol } = this.#sent;
    if (isStatelessRevision(protocol)) return;
    const params = { requestId, reason };
    const message = { jsonrpc: '2.0' as const, method: 'notifications/cancelled', params };
    void delivery(link, { kind: 'notification', direction: 'up', message }, this.#sent);
  }

  /** Over because the gate itself has answered. */
  answered(verdict: Exclude<Verdict, { kind: 'forward' }>): void {
    if (!this.#finish()) return;
    const { client } = this.#options;
    if (verdict.kind === 'answer') client.answer(JSON.stringify(verdict.answer));
    else client.accepted();
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    const next = this.#queue ? this.#queue.then(step) : step();
    this.#queue = next.catch((error) => {
      const fields = { exchange: this.#options.exchange.id, cause: messageOf(error) };
      this.#options.log.error(fields, 'a message of an upstream could not be handled');
    });
    return this.#queue;
  }

  async #down(frame: Frame): Promise<void> {
    if (this.#over) return;
    const { gate, exchange, client, sender } = this.#options;
    const isAnswer = frame.kind === 'result' || frame.kind === 'error';
    if (!isAnswer) {
      if (sender) await sender.send(frame, exchange, client);
      this.#held?.passed();
      return;
    }
    await this.#held?.release();
    if (this.#over) return;
    if (client.gone) exchange.note('failed', { code: 'CLIENT_GONE' });
    const verdict = await gate.pass(frame, exchange);
    if (verdict.kind === 'drop' || !this.#finish()) return;
    const begun =
      verdict.kind === 'forward' &&
      !client.gone &&
      this.#begin(verdict.frame, frame as AnswerFrame);
    if (!begun) this.#endUnbegun();
    if (verdict.kind === 'answer') client.answer(JSON.stringify(verdict.answer));
    else client.answer(frameText(verdict.frame), begun ? begun.id : undefined);
    this.#letGo();
  }

  #begin(answer: Frame, given: AnswerFrame): Session | undefined {
    if (answer.kind !== 'result') return undefined;
    return this.#options.begin?.({ given, answer, upstreamSession: this.#head?.session });
  }

  /** The upstream has opened a session that no client will ever hear of. */
  #endUnbegun(): void {
    const session = this.#head?.session;
    if (!this.#options.begin || session === undefined || !this.#sent) return;
    void this.#options.link.end({ ...this.#sent, session });
  }

  async #fail(error: GateError): Promise<void> {
    if (!this.#finish()) return;
    const { exchange, gate, client, lost } = this.#options;
    exchange.fail(error);
    if (error.code === 'SESSION_UNKNOWN') lost();
    await gate.settle(exchange);
    client.fail(error);
  }

  /** True the first time. */
  #finish(byClient = false): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#waiting.end(byClient);
    this.#held?.stop();
    this.#options.over();
    return true;
  }

  /** An upstream that goes on after its answer is cut off; one that closes by itself keeps its connection. */
  #letGo(): void {
    if (!this.#head?.streamed) return;
    setTimeout(() => this.#abort.abort(), LINGER).unref();
  }
}

/** What an initialize result agreed on. */
export function negotiated(answer: AnswerFrame): string | undefined {
  const result = 'result' in answer.message ? answer.message.result : undefined;
  const revision = isObject(result) ? textMember(result, 'protocolVersion') : undefined;
  return revision !== undefined && HEADER_TOKEN.test(revision) ? revision : undefined;
}
