import type { Database } from 'better-sqlite3';
import type { UpkeepOptions } from '../../upkeep-options.ts';

/**
 * One kind of upkeep, done in small steps by the upkeep thread while the gate goes on writing. A step holds the write
 * lock for a few milliseconds at most: what takes longer (compressing, hashing, indexing) is done before it is taken.
 */
export interface Chore {
  readonly name: string;
  /**
   * Does a little.
   *
   * @returns whether there is more to do at once
   */
  step(): boolean;
  /** Does what must be done before the database is closed; nothing is written any more. */
  finish?(): void;
}

/** What a chore works with. */
export interface ChoreContext {
  readonly db: Database;
  readonly path: string;
  readonly options: UpkeepOptions;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Whether the gate has little time left, so that what can wait had better wait; left out: never. */
  isBusy?(): boolean;
  /** Tells that the transcripts are not what the gate has left. The chore goes on. */
  alarm(what: string): void;
}

/** Makes a chore; undefined where the options don't ask for it. */
export type ChoreMaker = (context: ChoreContext) => Chore | undefined;
