import type { LimitClaim } from './decision.ts';
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

/** A claim that had no room, and when it will have, in milliseconds since the epoch. */
export interface LimitReached {
  readonly claim: LimitClaim;
  readonly until: number;
}

/** Counts what limits bound. */
export interface Limiter {
  /**
   * Takes one from every claim, or from none of them. A claim without a key has no room.
   *
   * @returns undefined where all had room, otherwise the first that had none; a rejection means that it can't be told
   */
  take(claims: readonly LimitClaim[]): LimitReached | undefined | Promise<LimitReached | undefined>;
}
