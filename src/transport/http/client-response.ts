import type { ServerResponse } from 'node:http';
import type { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import { headers, JSON_TYPE, SSE_TYPE } from '../../protocol/headers.ts';
import { encodeSse } from '../../protocol/sse.ts';
import { answerOf, statusOf } from './error-answer.ts';
import type { KeepAlive } from './keep-alive.ts';

/** A client that reads nothing for so long is cut off, in milliseconds. */
const STALL = 60_000;

/** The HTTP response to one request of a client: one JSON answer, or a stream of events. */
export class ClientResponse implements ClientSink {
  readonly #raw: ServerResponse;
  readonly #keepAlive: KeepAlive;
  readonly #id: RequestId | null;
  #opened = false;

  /** @param id of the request that is answered; null where there is none */
  constructor(raw: ServerResponse, keepAlive: KeepAlive, id: RequestId | null) {
    this.#raw = raw;
    this.#keepAlive = keepAlive;
    this.#id = id;
  }

  get gone(): boolean {
    return this.#raw.destroyed || this.#raw.writableEnded;
  }

  onGone(listener: () => void): void {
    this.#raw.once('close', () => {
      if (!this.#raw.writableEnded) listener();
    });
  }

  open(session?: string): void {
    if (this.#opened || this.gone) return;
    this.#opened = true;
    this.#raw.writeHead(200, {
      'content-type': SSE_TYPE,
      'cache-control': 'no-cache, no-transform',
      // nginx would gather events otherwise.
      'x-accel-buffering': 'no',
      ...(session === undefined ? {} : { [headers.session]: session }),
    });
    this.#raw.flushHeaders();
    this.#keepAlive.add(this.#beat);
    this.#raw.once('close', () => this.#keepAlive.remove(this.#beat));
  }

  message(text: string, eventId?: string): void | Promise<void> {
    if (this.gone) return;
    const more = this.#raw.write(encodeSse({ data: text, id: eventId }));
    return more ? undefined : this.#drained();
  }

  answer(text: string, session?: string): void {
    if (this.gone) return;
    if (this.#opened) {
      this.#raw.end(encodeSse({ data: text }));
      return this.#mustLeave();
    }
    this.#raw.writeHead(200, {
      'content-type': JSON_TYPE,
      'content-length': Buffer.byteLength(text),
      ...(session === undefined ? {} : { [headers.session]: session }),
    });
    this.#raw.end(text);
    this.#mustLeave();
  }

  accepted(): void {
    if (!this.gone) this.#raw.writeHead(202).end();
  }

  end(): void {
    this.open();
    this.#raw.end();
  }

  fail(error: GateError): void {
    if (this.gone) return;
    if (!this.#opened) return sendError(this.#raw, error, this.#id);
    if (this.#id !== null) this.answer(JSON.stringify(answerOf(error, this.#id)));
    else this.#raw.end();
  }

  readonly #beat = (): void => {
    // What a slow reader has not taken yet keeps the connection alive by itself.
    if (!this.gone && this.#raw.writableLength === 0) this.#raw.write(': keep-alive\n\n');
  };

  /** An answer that the client doesn't read is not kept for ever. */
  #mustLeave(): void {
    if (this.#raw.writableFinished || this.#raw.writableLength === 0) return;
    const stalled = setTimeout(() => this.#raw.destroy(), STALL).unref();
    this.#raw.once('close', () => clearTimeout(stalled));
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const stalled = setTimeout(() => this.#raw.destroy(), STALL).unref();
      const done = () => {
        clearTimeout(stalled);
        this.#raw.off('drain', done).off('close', done);
        resolve();
      };
      this.#raw.once('drain', done).once('close', done);
    });
  }
}

/** Answers with an error, as HTTP and as JSON-RPC tell it. */
export function sendError(
  raw: ServerResponse,
  error: GateError,
  id: RequestId | null,
  more: { readonly [header: string]: string } = {},
  facts: Parameters<typeof answerOf>[2] = {},
): void {
  const body = JSON.stringify(answerOf(error, id, facts));
  raw.writeHead(statusOf(error), {
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    ...(error.retryAfter === undefined ? {} : { 'retry-after': error.retryAfter }),
    ...more,
  });
  raw.end(body);
}
