import type { TranscriptBatch } from '../../../model/transcript.ts';

/** Commits groups of batches, one at a time. */
export interface Committer {
  /** Rejects, or throws, where the group could not be kept. */
  commit(group: TranscriptBatch): Promise<void> | void;
  /** Resolves with the error once it can't commit any more, expected or not. */
  readonly dead: Promise<Error>;
  /** Nobody else moves the write-ahead log into the database any more. */
  takeOverLog(): void;
  close(): Promise<void>;
}
