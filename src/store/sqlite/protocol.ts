import type { MessagePort } from 'node:worker_threads';
import type { TranscriptBatch } from '../../model/transcript.ts';

/** Where the two threads wake each other: groups handed over, and groups done. */
export const HANDED = 0;
export const DONE = 1;

export interface WriterOptions {
  readonly path: string;
  /** `process` survives the daemon's death, `power` a power cut too (SQLite synchronous NORMAL, FULL). */
  readonly durability: 'process' | 'power';
}

/** What the writer thread is started with. */
export interface WriterData extends WriterOptions {
  /** Counters {@link HANDED} and {@link DONE}. */
  readonly turns: SharedArrayBuffer;
  /** Carries requests to the writer and answers from it. */
  readonly port: MessagePort;
}

export type WriterRequest =
  | ({ readonly kind: 'write' } & TranscriptBatch)
  | { readonly kind: 'close' };

/** Answers that carry nothing are not sent: the turn alone says that all went well. */
export interface WriterFailure {
  readonly failure: string;
}
