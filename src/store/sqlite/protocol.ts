import type { TranscriptBatch } from '../../model/transcript.ts';

export interface WriterOptions {
  readonly path: string;
  /** `process` survives the daemon's death, `power` a power cut too (SQLite synchronous NORMAL, FULL). */
  readonly durability: 'process' | 'power';
}

export type WriterRequest =
  | ({ readonly kind: 'write' } & TranscriptBatch)
  | { readonly kind: 'close' };

export type WriterAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'written'; readonly failure: string | undefined }
  | { readonly kind: 'closed' };
