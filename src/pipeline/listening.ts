import type { GateError } from '../model/errors.ts';
import type { NotificationFrame } from '../model/message.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../transport/contract.ts';
import type { OpenStream } from './session.ts';

export interface ListeningOptions {
  readonly link: UpstreamLink;
  /** Takes what the upstream sends, and the news of the gate. */
  readonly sink: UpstreamSink;
  /** Where the session is now. */
  readonly place: () => UpstreamSession;
  /** Begins a lost session again, and then reopens its streams; undefined where it is gone for good. */
  readonly renew: (lost: UpstreamSession) => Promise<UpstreamSession | undefined>;
}

/**
 * The upstream's side of a stream to a client. The client's side stays open where the upstream has no stream of its
 * own, for the gate has news too, and where the session is begun again.
 */
export class Listening implements OpenStream {
  readonly #options: ListeningOptions;
  #way = new AbortController();
  #over = false;
  /** The session was begun again for this stream; an upstream that still doesn't know it never will. */
  #renewed = false;

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  start(lastEventId: string | undefined): void {
    const { link, sink, place } = this.#options;
    const way = new AbortController();
    const at = place();
    this.#way = way;
    const side: UpstreamSink = {
      open: (head) => {
        this.#renewed = false;
        sink.open(head);
      },
      frame: (frame, eventId) => sink.frame(frame, eventId),
      end: () => sink.end(),
      fail: (error) => void this.#fail(error, at, way),
    };
    link.listen(at, lastEventId, side, way.signal);
  }

  announce(notice: NotificationFrame): void {
    void this.#options.sink.frame(notice);
  }

  reopen(): void {
    if (this.#over) return;
    this.#renewed = true;
    this.#way.abort();
    // What has an event id was sent in the session that is gone.
    this.start(undefined);
  }

  /** Nobody listens any more. */
  close(): void {
    this.#over = true;
    this.#way.abort();
  }

  async #fail(error: GateError, at: UpstreamSession, way: AbortController): Promise<void> {
    const { sink, renew } = this.#options;
    if (error.code === 'HTTP_METHOD') return sink.open({ streamed: true });
    if (error.code !== 'SESSION_UNKNOWN' || this.#renewed) return sink.fail(error);
    const place = await renew(at);
    if (!place) sink.fail(error);
    else if (this.#way === way) this.reopen();
  }
}
