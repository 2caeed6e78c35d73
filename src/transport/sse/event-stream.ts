import type { Dispatcher } from 'undici';
import { GateError, messageOf } from '../../model/errors.ts';
import { mediaType, SSE_TYPE } from '../../protocol/headers.ts';
import { SseDecoder, type SseEvent } from '../../protocol/sse.ts';
import { networkError, statusError } from '../http/upstream-error.ts';
import { headerText, retryAfterIn } from './response-head.ts';

export interface EventStreamOptions {
  /** The upstream's name, for messages. */
  readonly name: string;
  /** Most characters of an event. */
  readonly maxLength: number;
}

export interface EventStreamSink {
  /** An event. No more is read while the promise is pending. */
  event(event: SseEvent): void | Promise<void>;
  /** The stream has ended; events that were read already are still to come. */
  closing(): void;
  /** Nothing more comes. Once. */
  gone(error: GateError): void;
}

type Incoming = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

const ASKED = { stream: false, id: undefined, session: false };

/** Reads the stream of events that answers a GET, one event at a time. */
export class EventStream implements Dispatcher.DispatchHandler {
  readonly #options: EventStreamOptions;
  readonly #sink: EventStreamSink;
  readonly #decoder: SseDecoder;
  /** Events that came while one was being taken: never more than a chunk had. */
  readonly #queue: SseEvent[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #paused = false;
  #answered = false;
  #end: GateError | undefined;
  #gone = false;

  constructor(options: EventStreamOptions, sink: EventStreamSink) {
    this.#options = options;
    this.#sink = sink;
    this.#decoder = new SseDecoder(
      { event: (event) => this.#queue.push(event) },
      options.maxLength,
    );
  }

  /** True while the stream is not read. */
  get paused(): boolean {
    return this.#paused;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#end) controller.abort(this.#end);
  }

  onResponseStart(_controller: unknown, status: number, head: Incoming): void {
    // An early hint (RFC 8297) is no answer yet.
    if (status < 200) return;
    this.#answered = true;
    const { name } = this.#options;
    const type = mediaType(headerText(head, 'content-type'));
    if (status > 299) this.fail(statusError(name, status, ASKED, retryAfterIn(head)));
    else if (status !== 200 || type !== SSE_TYPE) this.fail(this.#invalid('no stream of events'));
    else if (!isPlain(headerText(head, 'content-encoding')))
      this.fail(this.#invalid('an encoded stream'));
  }

  onResponseData(_controller: unknown, chunk: Uint8Array): void {
    if (this.#end) return;
    try {
      this.#decoder.push(chunk);
    } catch (error) {
      this.fail(this.#invalid(messageOf(error)));
      return;
    }
    this.#handOn();
  }

  onResponseEnd(): void {
    this.#finish(new GateError('UPSTREAM_ENDED', `${this.#options.name} ended its stream`));
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#finish(networkError(this.#options.name, error, this.#answered));
  }

  /** Breaks the stream off: what was not handed on yet is lost. */
  fail(error: GateError): void {
    this.#queue.length = 0;
    this.#finish(error);
    this.#controller?.abort(error);
  }

  #finish(error: GateError): void {
    if (this.#end) return;
    this.#end = error;
    this.#sink.closing();
    this.#handOn();
  }

  #handOn(): void {
    while (!this.#paused) {
      const event = this.#queue.shift();
      if (!event) break;
      const taken = this.#sink.event(event);
      if (taken) this.#hold(taken);
    }
    if (!this.#end || this.#gone || this.#queue.length > 0 || this.#paused) return;
    this.#gone = true;
    this.#sink.gone(this.#end);
  }

  #hold(taken: Promise<void>): void {
    this.#paused = true;
    this.#controller?.pause();
    const release = () => {
      this.#paused = false;
      this.#handOn();
      if (!this.#paused && !this.#end) this.#controller?.resume();
    };
    void taken.then(release, release);
  }

  #invalid(what: string): GateError {
    return new GateError('UPSTREAM_INVALID', `${this.#options.name} sent no MCP stream: ${what}`);
  }
}

function isPlain(encoding: string | undefined): boolean {
  return encoding === undefined || encoding.toLowerCase() === 'identity';
}
