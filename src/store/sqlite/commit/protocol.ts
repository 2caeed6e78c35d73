import type { MessagePort } from 'node:worker_threads';
import type { TranscriptBatch } from '../../../model/transcript.ts';
import type { WriterOptions } from './batch-writer.ts';

/** Where the two threads wake each other: how many requests were handed over, and how many are done. */
export const HANDED = 0;
export const DONE = 1;

/** What the writer thread is started with. */
export interface WriterData extends WriterOptions {
  /** The counters {@link HANDED} and {@link DONE}. */
  readonly turns: SharedArrayBuffer;
  /** Carries requests to the writer, and failures from it. */
  readonly port: MessagePort;
}

export type WriterRequest =
  | ({ readonly kind: 'write' } & TranscriptBatch)
  | { readonly kind: 'close' };

/** Sent only where something failed: otherwise the counter alone says that all went well. */
export interface WriterFailure {
  readonly failure: string;
}
