import { Readable } from 'node:stream';
import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import type { Clock } from '../model/seams.ts';

/** A stream of server-sent events that somebody listens to. */
export interface OpenStream {
  readonly principal: string;
  readonly stream: Readable;
  /** When it ends at the latest, milliseconds since the epoch. */
  readonly until: number;
  /** Its end was told. */
  isOver: boolean;
}

export interface OpenStreamsOptions {
  readonly clock: Clock;
  /** Streams at a time, of all. */
  readonly most: number;
  /** Bytes that may wait for a slow reader. */
  readonly waiting: number;
  /** Called so often, in milliseconds, while any is open. */
  readonly every: number;
  readonly look: () => void;
}

/** Streams at a time, of one person. */
const MAX_OF_ONE = 10;
/** A stream ends after so long at the latest, and with the token that opened it. Milliseconds. */
const LONGEST = 3_600_000;

/** The streams that are open at one place of the admin API. They are looked after while there are any. */
export class OpenStreams<One extends OpenStream> {
  readonly #options: OpenStreamsOptions;
  readonly #open = new Set<One>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): IterableIterator<One> {
    return this.#open.values();
  }

  /**
   * Opens a stream for somebody; it is forgotten once it is closed.
   *
   * @param whole adds what else is to be known of it
   * @throws GateError ADMIN_STREAMS
   */
  open({ issuer, sub, claims }: Identity, whole: (stream: OpenStream) => One): One {
    const { clock, most, waiting, every, look } = this.#options;
    const principal = `${issuer}\n${sub}`;
    const own = [...this.#open].filter((one) => one.principal === principal);
    if (this.#open.size >= most || own.length >= MAX_OF_ONE) {
      throw new GateError('ADMIN_STREAMS', 'too many streams of events are open');
    }
    const expiry = typeof claims.exp === 'number' ? claims.exp * 1_000 : Number.POSITIVE_INFINITY;
    const stream = new Readable({ read: () => undefined, highWaterMark: waiting });
    const until = Math.min(expiry, clock() + LONGEST);
    const one = whole({ principal, stream, until, isOver: false });
    this.#open.add(one);
    stream.once('close', () => {
      this.#open.delete(one);
      if (this.#open.size === 0) clearInterval(this.#timer);
    });
    // Whoever begins must know that it has begun before they list.
    stream.push('retry: 3000\n\n');
    if (this.#open.size === 1) this.#timer = setInterval(look, every).unref();
    return one;
  }
}
