import type { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import type { Session } from '../../pipeline/session.ts';
import type { ClientResponse } from './client-response.ts';
import { answerOf } from './error-answer.ts';
import { decodeEventId, newStreamName, type StreamKind } from './event-id.ts';
import { EventLog, type StoredEvent } from './event-log.ts';
import type { EventStore, KeptStream } from './event-store.ts';

export interface ResumableOptions {
  readonly kind: StreamKind;
  readonly session: Session;
  /** Of the caller whom it was opened for, whom all that it brings is judged for. */
  readonly standing: string;
  readonly store: EventStore<Resumable>;
  readonly client: ClientResponse;
  /** Of the request that is answered; null where there is none. */
  readonly id: RequestId | null;
  /** The client knows events without a message; those of older revisions take them for broken ones. */
  readonly primes: boolean;
}

/** How long a client should wait before it comes back, in milliseconds. */
const RETRY = 1_000;

/**
 * What a client of the session era gets for one request or stream, over as many connections as it takes (2025-11-25,
 * transports, resumability): events have ids, and what was sent is kept for a client that comes back.
 */
export class Resumable implements ClientSink, KeptStream {
  readonly name: string;
  readonly #options: ResumableOptions;
  readonly #log: EventLog;
  readonly #onGone: (() => void)[] = [];
  /** The connection that the stream goes out on; undefined while the client is away. */
  #client: ClientResponse | undefined;
  #opened = false;
  /** The client may have an id to come back with. */
  #kept = false;
  #ended = false;
  #lost = false;
  /** Number of the last event that a connection took. */
  #delivered = 0;
  /** Id of the last of those that the upstream had given an id. */
  #upstreamEvent: string | undefined;

  constructor(options: ResumableOptions) {
    this.#options = options;
    this.name = newStreamName(options.kind);
    this.#log = new EventLog(this.name, options.store.limits.stream);
    this.#attach(options.client);
  }

  get kind(): StreamKind {
    return this.#options.kind;
  }

  get standing(): string {
    return this.#options.standing;
  }

  /** It is a stream of events. */
  get opened(): boolean {
    return this.#opened;
  }

  /** The client has its answer, or can't come back for it. */
  get gone(): boolean {
    return this.#lost || this.#ended;
  }

  /** The client lost its connection, and may come back. */
  get waits(): boolean {
    return !this.gone && !this.#client;
  }

  get away(): boolean {
    return this.waits;
  }

  get size(): number {
    return this.#log.size;
  }

  onGone(listener: () => void): void {
    this.#onGone.push(listener);
  }

  open(session?: string): void {
    if (this.#opened || this.gone) return;
    this.#opened = true;
    this.#client?.open(session);
    if (!this.#options.primes) return;
    this.#keep();
    this.#client?.prime(this.#log.idOf(0), RETRY);
  }

  message(text: string, eventId?: string): void | Promise<void> {
    if (!this.gone) return this.#send(this.#add(text, false, eventId));
  }

  /** Clients of a revision that knows this come back when the upstream has more (2025-11-25, sending messages). */
  pause(milliseconds: number): void {
    const client = this.#client;
    if (this.gone || !client || !this.#opened || !this.#options.primes) return;
    client.prime(this.#log.idOf(this.#log.last), milliseconds);
    this.release(client);
  }

  /** A message that ends one request of several: it is not dropped to make room. */
  part(text: string): void {
    if (!this.gone) void this.#send(this.#add(text, true));
  }

  answer(text: string, session?: string): void {
    if (this.gone) return;
    if (this.#opened) {
      void this.#send(this.#add(text, true));
      return this.end();
    }
    this.#ended = true;
    this.#client?.answer(text, session);
  }

  accepted(): void {
    if (this.gone) return;
    this.#ended = true;
    this.#client?.accepted();
  }

  end(): void {
    if (this.gone) return;
    this.#ended = true;
    this.#client?.end();
    this.#client = undefined;
    this.#options.store.rest(this);
  }

  fail(error: GateError): void {
    if (this.gone) return;
    const { id } = this.#options;
    if (!this.#opened) {
      this.#ended = true;
      this.#client?.fail(error);
    } else if (id === null) this.end();
    else this.answer(JSON.stringify(answerOf(error, id)));
  }

  /** Number of the last event that a connection took. */
  get delivered(): number {
    return this.#delivered;
  }

  /** The upstream's own id of the last event that a connection took; undefined where it gave none. */
  get upstreamId(): string | undefined {
    return this.#upstreamEvent === undefined
      ? undefined
      : decodeEventId(this.#upstreamEvent)?.upstream;
  }

  /** True where a client that has had an event will get more. */
  hasMore(after: number): boolean {
    return !this.gone || this.#log.after(after).length > 0;
  }

  /** Goes on over another connection, with what came after an event. */
  resume(client: ClientResponse, after: number): void {
    const from = Math.min(after, this.#log.last);
    const before = this.#client;
    this.#client = undefined;
    before?.end();
    client.open();
    // A client that loses this connection too must know where it was, though nothing came.
    if (this.#options.primes) client.prime(this.#log.idOf(from), RETRY);
    for (const event of this.#log.after(from)) {
      void client.message(event.text, event.id);
      this.#took(event);
    }
    this.#delivered = this.#log.last;
    if (this.#ended) return client.end();
    this.#options.store.wake(this);
    this.#attach(client);
  }

  /** Gives up one connection of the stream; the client may come back over another. */
  release(client: ClientResponse): void {
    if (this.#client !== client) return;
    this.#detach(client);
    client.end();
  }

  shed(): boolean {
    return this.#log.shed();
  }

  lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#log.clear();
    if (this.#ended) return;
    this.#client?.end();
    this.#client = undefined;
    for (const listener of this.#onGone.splice(0)) listener();
  }

  #attach(client: ClientResponse): void {
    this.#client = client;
    client.onGone(() => this.#detach(client));
  }

  #detach(client: ClientResponse): void {
    if (this.#client !== client || this.#ended) return;
    this.#client = undefined;
    if (this.#kept) this.#options.store.rest(this);
    else this.lose();
  }

  #keep(): void {
    if (this.#kept) return;
    this.#kept = true;
    this.#options.store.enter(this.#options.session, this);
  }

  #add(text: string, isAnswer: boolean, upstream?: string): StoredEvent {
    this.open();
    const event = this.#log.add(text, isAnswer, upstream);
    this.#keep();
    this.#options.store.resized(this);
    return event;
  }

  #send(event: StoredEvent): void | Promise<void> {
    const client = this.#client;
    const pending = client?.message(event.text, event.id);
    if (!pending) {
      if (client) this.#took(event);
      return;
    }
    return pending.then(() => {
      // Otherwise the connection broke, and the client comes back for it.
      if (this.#client === client) this.#took(event);
    });
  }

  #took({ number, id, fromUpstream }: StoredEvent): void {
    if (number < this.#delivered) return;
    this.#delivered = number;
    if (fromUpstream) this.#upstreamEvent = id;
  }
}
