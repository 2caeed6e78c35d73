import { principalOf } from '../../model/identity.ts';
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
  /** Characters of all streams of a caller. */
  readonly principalSize: number;
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
  principalSize: 32 * MIB,
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
  readonly holder: Holder<S>;
  size: number;
  readonly principal: string;
  /** Since when no client listens, by the clock of {@link performance}. */
  idleSince: number;
}

/** The streams of one session. */
class Shelf<S> {
  readonly streams = new Map<string, S>();
  size = 0;
}

/** The streams of one caller. */
class Holder<S> {
  readonly streams = new Set<S>();
  /** Those without a client, as in the store. */
  readonly idle = new Set<S>();
  size = 0;
}

/** How often streams whose time is over are looked for at least, in milliseconds. */
const SWEEP = 5_000;

/** Keeps streams of sessions, bounded, for clients that lose their connection. */
export class EventStore<S extends KeptStream> {
  readonly limits: EventLimits;
  readonly #shelves = new WeakMap<Session, Shelf<S>>();
  readonly #holders = new Map<string, Holder<S>>();
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
    const principal = principalOf(session);
    const holder = this.#holders.get(principal) ?? new Holder();
    this.#holders.set(principal, holder);
    holder.streams.add(stream);
    this.#entries.set(stream, { shelf, holder, principal, size: 0, idleSince: 0 });
    this.resized(stream);
  }

  /** Takes note of how much a stream keeps, and makes room where that is too much. */
  resized(stream: S): void {
    const entry = this.#entries.get(stream);
    if (!entry) return;
    this.#resize(stream, entry);
    const { shelf, holder } = entry;
    const { size, sessionSize, principalSize } = this.limits;
    const shelved = () => [...shelf.streams.values()].filter((other) => this.#idle.has(other));
    this.#shrink(stream, () => shelf.size > sessionSize, shelved);
    this.#shrink(
      stream,
      () => holder.size > principalSize,
      () => holder.idle,
    );
    if (this.#size > size) this.#makeRoom(stream, holder);
  }

  /** Gives up what others may lose, then what the stream itself may. */
  #shrink(stream: S, isFull: () => boolean, others: () => Iterable<S>): void {
    if (!isFull()) return;
    for (const other of others()) {
      if (other !== stream) this.forget(other);
      if (!isFull()) return;
    }
    this.#shed(stream, isFull);
  }

  /** Whoever holds the most gives way first. Nobody does for a caller who holds more. */
  #makeRoom(stream: S, holder: Holder<S>): void {
    const isFull = () => this.#size > this.limits.size;
    const passed = new Set<Holder<S>>();
    while (isFull()) {
      const most = this.#most(passed);
      if (!most || most.size < holder.size) return;
      const oldest = most.idle.values().find((other) => other !== stream);
      if (oldest) {
        this.forget(oldest);
        continue;
      }
      passed.add(most);
      // Those who listen have had what they lose.
      for (const other of most.streams) this.#shed(other, isFull);
      if (most === holder) return;
    }
  }

  /** Who holds the most, of those that were not asked yet. */
  #most(passed: ReadonlySet<Holder<S>>): Holder<S> | undefined {
    let most: Holder<S> | undefined;
    for (const holder of this.#holders.values()) {
      if (!passed.has(holder) && holder.size > (most?.size ?? -1)) most = holder;
    }
    return most;
  }

  #shed(stream: S, isFull: () => boolean): void {
    const entry = this.#entries.get(stream);
    while (entry && isFull() && stream.shed()) this.#resize(stream, entry);
  }

  /** No client listens to a stream now: it lost its connection, or has its answer. */
  rest(stream: S): void {
    const entry = this.#entries.get(stream);
    if (!entry) return;
    entry.idleSince = performance.now();
    for (const idle of [this.#idle, entry.holder.idle]) {
      idle.delete(stream);
      idle.add(stream);
    }
    const { sessionStreams, time } = this.limits;
    const idle = [...entry.shelf.streams.values()].filter((other) => this.#idle.has(other));
    for (const old of idle.slice(0, -sessionStreams)) this.forget(old);
    this.#timer ??= setInterval(() => this.#sweep(), Math.min(SWEEP, time / 4)).unref();
  }

  /** A client listens again. */
  wake(stream: S): void {
    this.#idle.delete(stream);
    this.#entries.get(stream)?.holder.idle.delete(stream);
  }

  /** Nothing of a session is needed any more. */
  end(session: Session): void {
    for (const stream of this.of(session)) this.forget(stream);
  }

  /** Gives a stream up. */
  forget(stream: S): void {
    const entry = this.#entries.get(stream);
    if (!entry) return;
    const { shelf, holder, principal, size } = entry;
    shelf.streams.delete(stream.name);
    shelf.size -= size;
    holder.size -= size;
    this.#size -= size;
    holder.streams.delete(stream);
    holder.idle.delete(stream);
    if (holder.streams.size === 0) this.#holders.delete(principal);
    this.#entries.delete(stream);
    this.#idle.delete(stream);
    stream.lose();
  }

  #resize(stream: S, entry: Entry<S>): void {
    const grown = stream.size - entry.size;
    entry.size = stream.size;
    entry.shelf.size += grown;
    entry.holder.size += grown;
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
