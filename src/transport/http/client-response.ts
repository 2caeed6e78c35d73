import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import { headers, JSON_TYPE, SSE_TYPE } from '../../protocol/headers.ts';
import { encodeSse } from '../../protocol/sse.ts';
import { codingHeaders, compressionOf, type Negotiated } from './compress.ts';
import { answerOf, statusOf } from './error-answer.ts';
import type { KeepAlive } from './keep-alive.ts';

/** A client that reads nothing for so long is cut off, in milliseconds. */
const STALL = 60_000;

/** The HTTP response to one request of a client: one JSON answer, or a stream of events. */
export class ClientResponse implements ClientSink {
  readonly #raw: ServerResponse;
  readonly #keepAlive: KeepAlive;
  readonly #id: RequestId | null;
  /** Where the events of a stream are written to: the response, or what compresses into it. */
  #out: Writable;
  #opened = false;
  /** Nothing more will be written, though what was may still be under way. */
  #ended = false;
  /** While the client reads too slowly. */
  #draining: Promise<void> | undefined;
  readonly #onGone: (() => void)[] = [];

  /** @param id of the request that is answered; null where there is none */
  constructor(raw: ServerResponse, keepAlive: KeepAlive, id: RequestId | null) {
    this.#raw = raw;
    this.#out = raw;
    this.#keepAlive = keepAlive;
    this.#id = id;
  }

  get gone(): boolean {
    return this.#ended || this.#raw.destroyed || this.#raw.writableEnded;
  }

  onGone(listener: () => void): void {
    // One listener of the response: a union has one of these for each upstream.
    if (this.#onGone.push(listener) > 1) return;
    this.#raw.once('close', () => {
      for (const gone of this.#onGone.splice(0)) {
        if (!this.#ended && !this.#raw.writableEnded) gone();
      }
    });
  }

  open(session?: string): void {
    if (this.#opened || this.gone) return;
    this.#opened = true;
    const raw = this.#raw;
    const compression = compressionOf(raw);
    const coding = compression?.forStream(raw.req);
    raw.writeHead(200, {
      'content-type': SSE_TYPE,
      'cache-control': 'no-cache, no-transform',
      // nginx would gather events otherwise.
      'x-accel-buffering': 'no',
      ...(session === undefined ? {} : { [headers.session]: session }),
      ...codingHeaders(raw, coding),
    });
    raw.flushHeaders();
    if (compression && coding !== undefined && coding !== 'identity') {
      this.#out = compression.into(raw, coding);
    }
    this.#keepAlive.add(this.#beat);
    raw.once('close', () => this.#keepAlive.remove(this.#beat));
  }

  /**
   * On an open stream: an event without a message, from which a client may resume (2025-11-25, transports, sending
   * messages).
   *
   * @param retry how long a client should wait before it comes back, in milliseconds
   */
  prime(eventId: string, retry: number): void {
    if (!this.gone) this.#out.write(`id: ${eventId}\nretry: ${retry}\ndata: \n\n`);
  }

  message(text: string, eventId?: string): void | Promise<void> {
    if (this.gone) return;
    const more = this.#out.write(encodeSse({ data: text, id: eventId }));
    return more ? undefined : this.#drained();
  }

  answer(text: string, session?: string): void {
    if (this.gone) return;
    this.#ended = true;
    if (this.#opened) {
      this.#out.end(encodeSse({ data: text }));
      return this.#mustLeave();
    }
    const size = Buffer.byteLength(text);
    const compression = compressionOf(this.#raw);
    const coding = compression?.forAnswer(this.#raw.req, size);
    if (!compression || coding === undefined || coding === 'identity') {
      return this.#whole(text, size, session, coding);
    }
    compression.compress(text, coding).then(
      (body) => this.#whole(body, body.byteLength, session, coding),
      () => this.#whole(text, size, session, 'identity'),
    );
  }

  #whole(
    body: string | Uint8Array,
    size: number,
    session: string | undefined,
    coding: Negotiated | undefined,
  ): void {
    // It may have been closed while it was compressed.
    if (this.#raw.destroyed || this.#raw.headersSent) return;
    this.#raw.writeHead(200, {
      'content-type': JSON_TYPE,
      'content-length': size,
      ...(session === undefined ? {} : { [headers.session]: session }),
      ...codingHeaders(this.#raw, coding),
    });
    this.#raw.end(body);
    this.#mustLeave();
  }

  accepted(): void {
    if (!this.gone) this.#raw.writeHead(202).end();
  }

  end(): void {
    if (this.#ended) return;
    this.open();
    this.#ended = true;
    this.#out.end();
  }

  fail(error: GateError): void {
    if (this.gone) return;
    if (!this.#opened) return sendError(this.#raw, error, this.#id);
    if (this.#id !== null) this.answer(JSON.stringify(answerOf(error, this.#id)));
    else this.end();
  }

  readonly #beat = (): void => {
    // What a slow reader has not taken yet keeps the connection alive by itself.
    if (this.gone || this.#raw.writableLength > 0 || this.#out.writableLength > 0) return;
    this.#out.write(': keep-alive\n\n');
  };

  /** An answer that the client doesn't read is not kept for ever. */
  #mustLeave(): void {
    const { writableEnded, writableFinished, writableLength } = this.#raw;
    if (writableFinished || (writableEnded && writableLength === 0)) return;
    const stalled = setTimeout(() => this.#raw.destroy(), STALL).unref();
    this.#raw.once('close', () => clearTimeout(stalled));
  }

  #drained(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      const stalled = setTimeout(() => this.#raw.destroy(), STALL).unref();
      const done = () => {
        clearTimeout(stalled);
        this.#out.off('drain', done);
        this.#raw.off('close', done);
        this.#draining = undefined;
        resolve();
      };
      this.#out.once('drain', done);
      this.#raw.once('close', done);
    });
    return this.#draining;
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
