import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  gzip,
  zstdCompress,
} from 'node:zlib';
import { headers } from '../../protocol/headers.ts';
import { type Coding, chooseCoding, refusesIdentity } from './accept-encoding.ts';

/** How one response goes: in a coding, or as it is though another client might get it encoded. */
export type Negotiated = Coding | 'identity';

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, ZSTD_c_windowLog } = constants;
const { ZSTD_c_hashLog, ZSTD_c_chainLog } = constants;

// Brotli's default quality is for files that are compressed once; 4 takes as long as gzip does, for less.
const wholeBrotli = { params: { [BROTLI_PARAM_QUALITY]: 4 } };
/** Compress what is whole, off the event loop. */
const whole = {
  br: (data: Uint8Array) => promisify(brotliCompress)(data, wholeBrotli),
  zstd: (data: Uint8Array) => promisify(zstdCompress)(data),
  gzip: (data: Uint8Array) => promisify(gzip)(data),
} satisfies Record<Coding, (data: Uint8Array) => Promise<Buffer>>;
const WHOLE: readonly Coding[] = ['br', 'zstd', 'gzip'];

/** Small windows and tables: some 200 KB a stream and not a megabyte. Events are small and much alike. */
const chunkSize = 4_096;
const smallBrotli = { [BROTLI_PARAM_QUALITY]: 2, [BROTLI_PARAM_LGWIN]: 16 };
const smallZstd = { [ZSTD_c_windowLog]: 16, [ZSTD_c_hashLog]: 14, [ZSTD_c_chainLog]: 14 };
/** Compress what comes piece by piece; each piece leaves at once. */
const streamed = {
  br: () =>
    createBrotliCompress({
      ...{ chunkSize, flush: constants.BROTLI_OPERATION_FLUSH, params: smallBrotli },
    }),
  zstd: () => createZstdCompress({ chunkSize, flush: constants.ZSTD_e_flush, params: smallZstd }),
  gzip: () => createGzip({ chunkSize, flush: constants.Z_SYNC_FLUSH, windowBits: 14, memLevel: 7 }),
} satisfies Record<Coding, () => Transform>;
/** Gzip starts quickest, which counts more than the last per cent of a few events. */
const STREAMED: readonly Coding[] = ['gzip', 'zstd', 'br'];

const offer = Symbol('compression');
interface Offered {
  [offer]?: Compression;
}

/** What one listener compresses, as its clients ask for it. */
export class Compression {
  readonly #min: number;
  readonly #streams = new Set<Transform>();
  #wholes = 0;

  /** @param min bytes from which on a JSON answer is worth it */
  constructor(min: number) {
    this.#min = min;
  }

  /** True while something that was answered is not yet compressed to its end. */
  get busy(): boolean {
    return this.#wholes > 0 || this.#streams.values().some((stream) => stream.writableEnded);
  }

  /** Lets a response be compressed. */
  offer(response: ServerResponse): void {
    (response as Offered)[offer] = this;
  }

  /**
   * How a JSON answer goes. Undefined where the request makes no difference.
   *
   * @param size in bytes
   */
  forAnswer({ headers: head }: IncomingMessage, size: number): Negotiated | undefined {
    const accept = head['accept-encoding'];
    if (size < this.#min && !refusesIdentity(accept)) return undefined;
    return chooseCoding(accept, WHOLE);
  }

  /** How a stream of events goes. Undefined where the request makes no difference. */
  forStream({ method, headers: head }: IncomingMessage): Negotiated | undefined {
    // What lasts as long as a session is left as it is: an encoder would hold memory for each session that is idle.
    if (method === 'GET' || head[headers.method] === 'subscriptions/listen') return undefined;
    return chooseCoding(head['accept-encoding'], STREAMED);
  }

  async compress(text: string, coding: Coding): Promise<Uint8Array> {
    this.#wholes++;
    try {
      return await whole[coding](Buffer.from(text));
    } finally {
      this.#wholes--;
    }
  }

  /** What compresses into a response. Whatever is written leaves without waiting for more. */
  into(response: ServerResponse, coding: Coding): Transform {
    const stream = streamed[coding]();
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    stream.once('error', () => response.destroy());
    // Compressors hold memory outside the heap.
    response.once('close', () => stream.destroy());
    stream.pipe(response);
    return stream;
  }
}

/** What a response may be compressed by. */
export function compressionOf(response: ServerResponse): Compression | undefined {
  return (response as Offered)[offer];
}

/** The headers that tell how a response goes; nothing where the request makes no difference. */
export function codingHeaders(
  response: ServerResponse,
  coding: Negotiated | undefined,
): Readonly<Record<string, string>> {
  if (coding === undefined) return {};
  const others = response.getHeader('vary');
  const vary = others === undefined ? 'accept-encoding' : `${others}, accept-encoding`;
  return coding === 'identity' ? { vary } : { vary, 'content-encoding': coding };
}
