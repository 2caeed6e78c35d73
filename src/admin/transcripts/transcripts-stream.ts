import type { Readable } from 'node:stream';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import type { Clock, Log } from '../../model/seams.ts';
import type { ExchangeFilter, FollowedStep, TranscriptsAside } from '../../store/contract.ts';
import { type OpenStream, OpenStreams } from '../open-streams.ts';
import { exchangeLine, stepLine } from './transcripts-view.ts';

export interface TranscriptStreamsOptions {
  readonly transcripts: Pick<TranscriptsAside, 'follow' | 'lastPosition'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What somebody follows. */
export interface Following {
  readonly filter: ExchangeFilter;
  /** The position to begin behind. */
  readonly after: number;
  /** Every step, not only beginnings and ends of exchanges. */
  readonly steps: boolean;
}

/** Streams at a time, of all. */
const MAX_STREAMS = 100;
/** How often to look for what is new, and to keep connections alive, in milliseconds. */
const POLL = 250;
const HEARTBEAT = 15_000;
/** Steps that are read at a time. */
const PAGE = 100;
/** Bytes that may wait for a slow reader; it is given more once it has read them. */
const MAX_WAITING = 262_144;

interface Open extends OpenStream {
  readonly following: Following;
  position: number;
  /** The position that was last told. */
  told: number;
  toldAt: number;
  isBusy: boolean;
}

/**
 * Tells whoever listens what is recorded, as server-sent events whose ids are positions: a client that comes again says
 * the last one, and misses nothing. Nobody is hurried: what a slow reader has not read yet is read from the transcript
 * later.
 */
export class TranscriptStreams {
  readonly #options: TranscriptStreamsOptions;
  readonly #open: OpenStreams<Open>;
  #isLooking = false;
  #isFailing = false;

  constructor(options: TranscriptStreamsOptions) {
    this.#options = options;
    this.#open = new OpenStreams({
      ...{ clock: options.clock, most: MAX_STREAMS, waiting: MAX_WAITING, every: POLL },
      look: () => void this.#look(),
    });
  }

  /** @throws GateError ADMIN_STREAMS */
  open(identity: Identity, following: Following): Readable {
    const { stream } = this.#open.open(identity, (stream) => ({
      ...{ ...stream, following, position: following.after },
      ...{ told: -1, toldAt: this.#options.clock(), isBusy: false },
    }));
    void this.#look();
    return stream;
  }

  /** One question for all tells whether there is anything new. */
  async #look(): Promise<void> {
    this.#end();
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const last = await this.#options.transcripts.lastPosition();
      for (const one of this.#open) {
        if (one.position < last) void this.#tell(one);
        else this.#beat(one);
      }
      this.#isFailing = false;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isLooking = false;
    }
  }

  /** Tells one listener what there is, for as long as there is room. */
  async #tell(one: Open): Promise<void> {
    if (one.isBusy) return;
    one.isBusy = true;
    const { filter, steps } = one.following;
    try {
      for (let hasMore = true; hasMore && hasRoom(one); ) {
        const page = { ...filter, limit: PAGE };
        const got = await this.#options.transcripts.follow(one.position, page);
        if (this.#options.clock() >= one.until || one.isOver) return;
        const text = got.steps.map((step) => eventText(step, steps)).join('');
        if (text !== '') this.#push(one, text);
        one.told = got.steps.at(-1)?.event.position ?? one.told;
        ({ position: one.position, hasMore } = got);
      }
      this.#beat(one);
    } catch (error) {
      this.#fail(error);
    } finally {
      one.isBusy = false;
    }
  }

  /** Now and then says how far it has come, or nothing, which keeps the connection. */
  #beat(one: Open): void {
    const { position } = one;
    if (this.#options.clock() - one.toldAt < HEARTBEAT || !hasRoom(one)) return;
    this.#push(one, position > one.told ? `id: ${position}\n\n` : ':\n\n');
    one.told = position;
  }

  #push(one: Open, text: string): void {
    if (one.isOver || one.stream.destroyed) return;
    one.toldAt = this.#options.clock();
    one.stream.push(text);
  }

  /** Whoever's token has ended. Who doesn't read on never comes to the end, and is cut off a beat later. */
  #end(): void {
    const now = this.#options.clock();
    for (const one of this.#open) {
      if (one.isOver && now >= one.until + HEARTBEAT) one.stream.destroy();
      if (one.isOver || now < one.until) continue;
      one.isOver = true;
      one.stream.push(null);
    }
  }

  #fail(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const code = error instanceof GateError ? error.code : 'STORE_UNREADABLE';
    const fields = { code, cause: messageOf(error) };
    this.#options.log.warn(fields, 'what is recorded could not be told');
  }
}

function hasRoom({ stream, isOver }: Open): boolean {
  return !isOver && !stream.destroyed && stream.readableLength < MAX_WAITING;
}

/** A step as an event, or the exchange that begins or ends with it. */
function eventText({ event, exchange, isEnd }: FollowedStep, everyStep: boolean): string {
  const line = exchangeLine(exchange);
  if (everyStep) {
    return sse(event.position, 'step', { exchange: line, step: stepLine(event) });
  }
  // One that is over already is told when its end comes.
  const isBeginning = event.seq === 0 && exchange.closedAt === undefined;
  return isBeginning || isEnd ? sse(event.position, 'exchange', line) : '';
}

/** HTML, section 9.2.6. JSON has no line ends of its own. */
function sse(id: number, event: string, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
