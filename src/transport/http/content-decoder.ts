import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Where decompressed chunks go. */
export interface ContentSink {
  data(chunk: Uint8Array): void;
  end(): void;
  fail(): void;
}

export interface ContentDecoder {
  /** A promise while it has more to do than it can keep up with. */
  push(chunk: Uint8Array): Promise<void> | undefined;
  end(): void;
  /** Gives out no more until {@link resume}. Pauses count. */
  pause(): void;
  resume(): void;
  /** Gives up what it still has: a small body may hold very much. */
  stop(): void;
}

const flushed = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

const decoders = {
  gzip: () => createGunzip(flushed),
  'x-gzip': () => createGunzip(flushed),
  deflate: () => createInflate(flushed),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
} as const;

/**
 * Decompresses a body chunk by chunk (RFC 9110, section 8.4.1), so that a stream's events come as they are sent. What
 * takes the chunks bounds their sum. Undefined for an encoding that isn't known.
 */
export function contentDecoder(encoding: string, sink: ContentSink): ContentDecoder | undefined {
  const name = encoding.trim().toLowerCase();
  if (!Object.hasOwn(decoders, name)) return undefined;
  const stream = decoders[name as keyof typeof decoders]();
  stream.on('data', (chunk: Uint8Array) => sink.data(chunk));
  stream.on('end', () => sink.end());
  stream.on('error', () => sink.fail());
  let pauses = 0;
  return {
    push(chunk) {
      if (stream.write(chunk)) return undefined;
      return new Promise((resolve) => stream.once('drain', resolve));
    },
    end: () => void stream.end(),
    pause() {
      pauses++;
      stream.pause();
    },
    resume() {
      pauses--;
      if (pauses === 0) stream.resume();
    },
    stop: () => void stream.destroy(),
  };
}
