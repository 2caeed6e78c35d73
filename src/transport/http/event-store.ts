import type { Session } from '../../pipeline/session.ts';
import type { LogLimits } from './event-log.ts';

/** What may be kept for clients that come back. */
export interface EventLimits {
  /** Of each stream. */
  readonly stream: LogLimits;
  /** Streams of a session whose client is away, or has its answer. */
  readonly sessionStreams: number;
  /** Characters of all streams of a session. */
  readonly sessionSize: number;
  /** Characters of all streams. */
  readonly size: number;
  /** How long a client may be away, and its answer is kept, in milliseconds. */
  readonly time: number;
}

const MIB = 2 ** 20;

/** Enough for a client that loses its connection, too little to fill the memory. */
export const eventLimits: EventLimits = {
  stream: { events: 256, size: MIB },
  sessionStreams: 32,
  sessionSize: 16 * MIB,
  size: 64 * MIB,
  time: 120_000,
};

/** A stream as the store sees it. */
export interface KeptStream {
  readonly name: string;
  /** Characters that its events take. */
  readonly size: number;
  /** Drops its oldest event. False where nothing may be dropped. */
  shed(): boolean;
  /** Nobody can come back to it any more. */
  lose(): void;
}

interface Entry<S> {
  readonly shelf: Shelf<S>;
  size: number;
  /** Since when no client listens, by the clock of {@link performance}. */
  idleSince: number;
}

/** The streams of one session. */
class Shelf<S> {
  readonly streams = new Map<string, S>();
  size = 0;
}

/** How often streams whose time is over are looked for at least, in milliseconds. */
const SWEEP = 5_000;

/** Keeps streams of sessions, bounded, for clients that lose their connection. */
export class EventStore<S extends KeptStream> {
  readonly limits: EventLimits;
  readonly #shelves = new WeakMap<Session, Shelf<S>>();
  readonly #entries = new Map<S, Entry<S>>();
  /** Streams without a client, those first that have been so for longest. */
  readonly #idle = new Set<S>();
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: EventLimits = eventLimits) {
    this.limits = limits;
  }

  /** Characters kept. */
  get size(): number {
    return this.#size;
  }

  /** Streams kept. */
  get streams(): number {
    return this.#entries.size;
  }

  /** A stream of a session under its name; undefined where it is not kept, or another session's. */
  find(session: Session, name: string): S | undefined {
    return this.#shelves.get(session)?.streams.get(name);
  }

  /** All streams of a session, the oldest first. */
  of(session: Session): readonly S[] {
    return [...(this.#shelves.get(session)?.streams.values() ?? [])];
  }

  /** Keeps a stream from now on. */
  enter(session: Session, stream: S): void {
    const shelf = this.#shelves.get(session) ?? new Shelf();
    this.#shelves.set(session, shelf);
    shelf.streams.set(stream.name, stream);
    this.#entries.set(stream, { shelf, size: 0, idleSince: 0 });
    this.resized(stream);
  }

  /** Takes note of how much a stream keeps, and makes room where that is too much. */
  resized(stream: S): void {
    const entry = this.#entries.get(stream);
    if (!entry) return;
    this.#resize(stream, entry);
    const { shelf } = entry;
    const { size, sessionSize } = this.limits;
    while (shelf.size > sessionSize || this.#size > size) {
      const others = shelf.size > sessionSize ? shelf.streams.values() : this.#idle.values();
      const oldest = others.find((other) => other !== stream && this.#idle.has(other));
      if (oldest) this.forget(oldest);
      else if (stream.shed()) this.#resize(stream, entry);
      else return;
    }
  }

  /** No client listens to a stream now: it lost its connection, or has its answer. */
  rest(stream: S): void {
    const entry = this.#entries.get(stream);
    if (!entry) return;
    entry.idleSince = performance.now();
    this.#idle.delete(stream);
    this.#idle.add(stream);
    const { sessionStreams, time } = this.limits;
    const idle = [...entry.shelf.streams.values()].filter((other) => this.#idle.has(other));
    for (const old of idle.slice(0, -sessionStreams)) this.forget(old);
    this.#timer ??= setInterval(() => this.#sweep(), Math.min(SWEEP, time / 4)).unref();
  }

  /** A client listens again. */
  wake(stream: S): void {
    this.#idle.delete(stream);
  }

  /** Nothing of a session is needed any more. */
  end(session: Session): void {
    for (const stream of this.of(session)) this.forget(stream);
  }

  /** Gives a stream up. */
  forget(stream: S): void {
    const entry = this.#entries.get(stream);
    if (!entry) return;
    entry.shelf.streams.delete(stream.name);
    entry.shelf.size -= entry.size;
    this.#size -= entry.size;
    this.#entries.delete(stream);
    this.#idle.delete(stream);
    stream.lose();
  }

  #resize(stream: S, entry: Entry<S>): void {
    const grown = stream.size - entry.size;
    entry.size = stream.size;
    entry.shelf.size += grown;
    this.#size += grown;
  }

  #sweep(): void {
    const before = performance.now() - this.limits.time;
    for (const stream of this.#idle) {
      if ((this.#entries.get(stream)?.idleSince ?? 0) > before) break;
      this.forget(stream);
    }
    if (this.#idle.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
