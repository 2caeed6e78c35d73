import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Where decompressed chunks go. */
export interface ContentSink {
  data(chunk: Uint8Array): void;
  end(): void;
  fail(): void;
}

export interface ContentDecoder {
  push(chunk: Uint8Array): void;
  end(): void;
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
  return {
    push: (chunk) => void stream.write(chunk),
    end: () => void stream.end(),
  };
}
