import type { Checkpoint } from './checkpoint-text.ts';
import type { Finding, Wrong } from './finding.ts';

/** What verifying transcripts has shown. */
export interface ProofReport {
  /** What was looked at: the first and the last signed position; undefined where none is. */
  readonly first?: number;
  readonly last?: number;
  /** When the oldest and the newest block of it were signed, milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  readonly steps: number;
  readonly blocks: number;
  /** Names of the keys that have signed. */
  readonly signers: readonly string[];
  /** Positions that retention has emptied, by its records. */
  readonly removed: number;
  /** Exchanges of which something was erased, by records. */
  readonly erased: number;
  /** Records of removals and erasures that the gate has not signed yet. */
  readonly unsignedRecords: number;
  /** Steps after the newest block. */
  readonly unsigned: number;
  /** Exchanges, nearly all of them open, of which no step is left that says what they are about: retention has it. */
  readonly headless: number;
  /** By position: the first ones. */
  readonly findings: readonly Finding[];
  /** All of them. */
  readonly counts: Readonly<Partial<Record<Wrong, number>>>;
  /** The newest block, where all that was looked at is right. */
  readonly checkpoint?: Checkpoint;
  /** What a given checkpoint could not be compared with. */
  readonly note?: string;
}
