import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { UpstreamHead, UpstreamSink } from '../contract.ts';
import { Patience } from './patience.ts';
import type { Asked } from './upstream-error.ts';
import type { StreamSink } from './upstream-response.ts';

/** Asks for what came after an event of a stream. */
export interface Resumption {
  /** As the header takes it. */
  readonly lastEventId: string;
  /** The session that the stream began with, where its head opened one. */
  readonly session: string | undefined;
  readonly sink: StreamSink;
  readonly signal: AbortSignal;
}

export interface PollingOptions {
  /** The upstream's name, for messages. */
  readonly name: string;
  readonly asked: Pick<Asked, 'stream' | 'id'>;
  /** Takes the stream as if it came over one connection. */
  readonly sink: UpstreamSink;
  /** Aborted by whoever gives the stream up. */
  readonly signal: AbortSignal;
  /** Aborted when the link stops. */
  readonly stopped: AbortSignal;
  /** Longest silence in milliseconds, over all connections; 0 for as long as it likes. */
  readonly silence: number;
  /** Where the stream is resumed from to begin with. */
  readonly lastEventId?: string | undefined;
  readonly resume: (resumption: Resumption) => void;
}

const OVER = 'the stream is over';
/** Failures of a reconnection that may pass. */
const PASSING: readonly string[] = ['UPSTREAM_UNREACHABLE', 'UPSTREAM_ENDED', 'UPSTREAM_BUSY'];
/** Failures of a reconnection that say just what they are. */
const PLAIN: readonly string[] = ['SESSION_UNKNOWN', 'UPSTREAM_TIMEOUT'];
/** What a header can hold; longer ids would be refused anyway. */
const HEADER_VALUE = /^[\x20-\x7e\x80-\xff]{1,4096}$/;

/**
 * One stream of the session era over as many connections as it takes: an upstream may close a connection once it has
 * sent an event id, and is then asked to go on from there (2025-11-25, transports, sending messages, and resumability).
 */
export class Polling implements StreamSink {
  readonly #options: PollingOptions;
  readonly #patience: Patience;
  readonly #given = new AbortController();
  #cursor: string | undefined;
  #head: UpstreamHead | undefined;
  #answered = false;
  /** Connections were lost before this one. */
  #resumed = false;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#cursor = options.lastEventId;
    this.#patience = new Patience(options.silence);
  }

  open(head: UpstreamHead): void {
    this.#clear();
    this.#patience.opened();
    if (this.#head) return;
    this.#head = head;
    this.#options.sink.open(head);
  }

  frame(frame: Frame, eventId?: string): void | Promise<void> {
    this.#patience.progress();
    const { id } = this.#options.asked;
    const isAnswer = frame.kind === 'result' || frame.kind === 'error';
    if (isAnswer && frame.message.id === id) this.#answered = true;
    return this.#options.sink.frame(frame, eventId);
  }

  aside(method: string): void {
    this.#options.sink.aside?.(method);
  }

  mark(eventId: string): void {
    // Header values are bytes, and the id is UTF-8 (WHATWG HTML, section 9.2.4).
    const cursor = Buffer.from(eventId).toString('latin1');
    if (cursor === this.#cursor) return;
    this.#patience.progress();
    this.#cursor = HEADER_VALUE.test(cursor) ? cursor : undefined;
  }

  retry(milliseconds: number): void {
    this.#patience.asked(milliseconds);
  }

  end(): void {
    // A call without its answer can't be over; the stream of the upstream itself can, unless it says when to come back.
    const goesOn = this.#options.asked.stream ? this.#patience.isAsked : true;
    if (goesOn && this.#canResume()) return this.#again();
    this.#over();
    this.#options.sink.end();
  }

  fail(error: GateError): void {
    const passes = this.#resumed ? PASSING.includes(error.code) : error.code === 'UPSTREAM_ENDED';
    if (passes && this.#canResume()) return this.#again(error);
    this.#fail(this.#resumed && !PLAIN.includes(error.code) ? this.#ended(error) : error);
  }

  #canResume(): boolean {
    if (!this.#head || this.#cursor === undefined || this.#options.stopped.aborted) return false;
    return this.#options.asked.stream || (this.#head.streamed && !this.#answered);
  }

  #again(cause?: GateError): void {
    const { signal, stopped } = this.#options;
    if (signal.aborted) return;
    const first = !this.#resumed;
    this.#resumed = true;
    this.#clear();
    const { wait, left } = this.#patience.lost();
    if (wait === undefined) return this.#fail(this.#ended(cause));
    if (left !== undefined && wait >= left) return this.#late();
    this.#options.sink.paused?.(wait);
    this.#timers.push(setTimeout(() => this.#resume(), wait));
    if (left !== undefined) this.#timers.push(setTimeout(() => this.#late(), left));
    if (!first) return;
    signal.addEventListener('abort', this.#over, { once: true });
    stopped.addEventListener('abort', this.#stopped, { once: true });
  }

  #resume(): void {
    const { resume } = this.#options;
    const session = this.#head?.session;
    const signal = this.#given.signal;
    if (this.#cursor !== undefined) {
      resume({ lastEventId: this.#cursor, session, sink: this, signal });
    }
  }

  #late(): void {
    this.#fail(new GateError('UPSTREAM_TIMEOUT', `${this.#options.name} did not answer in time`));
  }

  #ended(cause: GateError | undefined): GateError {
    const why = cause ? `: ${cause.message}` : '';
    const message = `${this.#options.name} broke off its stream, and does not go on with it${why}`;
    return new GateError('UPSTREAM_ENDED', message, { cause });
  }

  #fail(error: GateError): void {
    this.#over();
    this.#options.sink.fail(error);
  }

  readonly #stopped = (): void => this.#fail(this.#ended(undefined));

  /** Nothing more is asked of the upstream. */
  readonly #over = (): void => {
    this.#clear();
    this.#options.signal.removeEventListener('abort', this.#over);
    this.#options.stopped.removeEventListener('abort', this.#stopped);
    // Without a reason Node makes an error with its stack for each call.
    this.#given.abort(OVER);
  };

  #clear(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }
}
