import type { TranscriptBatch } from './transcript.ts';

/** Milliseconds since the epoch, with fractions. Tests give their own. */
export type Clock = () => number;

/** A structured log. Fields never hold a payload or a secret. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** Where the gate writes transcripts. */
export interface Recorder {
  /** Resolves once the batch is durable as the store was told to be; rejects if it could not be written. */
  append(batch: TranscriptBatch): Promise<void>;
}
