import type { GateError } from '../../../model/errors.ts';
import type { Frame } from '../../../model/message.ts';
import type { UpstreamSession as Place, UpstreamSink } from '../../contract.ts';
import type { Bridge } from '../bridge.ts';

export interface OwnStreamOptions {
  readonly bridge: Bridge;
  readonly place: Place;
  readonly take: (frame: Frame) => void | Promise<void>;
  /** The upstream does not know the session any longer. */
  readonly lost: () => void;
}

/** The longest time between two tries to open the stream again, in milliseconds. */
const MAX_DELAY = 60_000;

/** Failures by which servers say that they have no such stream. */
const NONE: readonly string[] = ['HTTP_METHOD', 'SESSION_UNKNOWN', 'UPSTREAM_STATUS'];

/** The stream of a session's own messages (GET), opened again as long as the session lives and has one. */
export class OwnStream implements UpstreamSink {
  readonly #options: OwnStreamOptions;
  #abort = new AbortController();
  #lastEventId: string | undefined;
  #tries = 0;
  #opened = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: OwnStreamOptions) {
    this.#options = options;
    this.#start();
  }

  open(): void {
    this.#opened = true;
    this.#tries = 0;
  }

  frame(frame: Frame, eventId?: string): void | Promise<void> {
    if (eventId !== undefined) this.#lastEventId = eventId;
    return this.#options.take(frame);
  }

  end(): void {
    this.#again();
  }

  fail(error: GateError): void {
    // Servers that have no such stream should answer 405, but some answer 404, which means something else once it was open.
    if (error.code === 'SESSION_UNKNOWN' && this.#opened) this.#options.lost();
    else if (!NONE.includes(error.code)) this.#again();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  #start(): void {
    const { bridge, place } = this.#options;
    this.#abort = new AbortController();
    bridge.inner.listen(place, this.#lastEventId, this, this.#abort.signal);
  }

  #again(): void {
    if (this.#closed) return;
    const delay = Math.min(this.#options.bridge.times.reopen * 2 ** this.#tries++, MAX_DELAY);
    this.#timer = setTimeout(() => this.#start(), delay).unref();
  }
}
