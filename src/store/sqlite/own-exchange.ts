import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { v7 as newId } from 'uuid';
import type { EventKind, TranscriptEvent } from '../../model/transcript.ts';
import { signedGone } from '../proof/gone-signature.ts';
import type { Signer } from '../proof/proof-key.ts';

/** Something that was done to transcripts, by the gate or by an operator: an exchange of its own. */
export interface OwnExchange {
  readonly method: OwnMethod;
  readonly target?: string;
  /** Who did it; left out: the gate. */
  readonly by?: string;
  readonly steps: readonly {
    readonly kind: EventKind;
    readonly detail: TranscriptEvent['detail'];
  }[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Signs what its steps say is gone; left out: they say no such thing, or there is no proof. */
  readonly signer?: Signer | undefined;
  /** Where its first step goes, where that is not simply the next position. */
  readonly position?: number;
}

/**
 * What can be done: retention removed steps, an operator erased exchanges or looked at originals, or the gate found
 * that steps had gone which it had not removed.
 */
export type OwnMethod =
  | 'transcripts/remove'
  | 'transcripts/erase'
  | 'transcripts/unseal'
  | 'transcripts/lost';

/** Detail of a step of `transcripts/remove`: `verify` misses nothing at these positions. */
export interface RemovedDetail {
  /**
   * First and last position of each range. What removes whole blocks from the beginning says 1 to the last position
   * that is gone, for records of earlier removals go with the blocks that they are in.
   */
  readonly removed: readonly (readonly [number, number])[];
}

/** Detail of a step of `transcripts/erase`. */
export interface ErasedDetail {
  /** Ids of the exchanges. */
  readonly erased: readonly string[];
  /** Whether who called was erased as well. */
  readonly names: boolean;
}

/**
 * Writes it, within the transaction of what it tells of. It is part of what is proved. Its revision is empty, which
 * that of no client's exchange is: no client can have a record made that looks like one of these.
 *
 * @returns its id
 */
export function recordOwn(db: Database, own: OwnExchange): string {
  const { method, target, by, steps, at, signer, position } = own;
  const id = newId();
  const last = steps.length;
  db.prepare(
    `INSERT INTO exchange (id, opened_at, closed_at, upstream, method, target, sub, revision, outcome, last, salt, secret)
     VALUES (?, ?, ?, '', ?, ?, ?, '', 'delivered', ?, ?, ?)`,
  ).run(id, at, at, method, target ?? null, by ?? null, last, randomBytes(16), randomBytes(32));
  const add = db.prepare(
    `INSERT INTO event (position, exchange, seq, at, kind, revision, detail) VALUES (?, ?, ?, ?, ?, '', ?)`,
  );
  for (const [seq, { kind, detail }] of [
    { kind: 'opened' as const, detail: undefined },
    ...steps,
  ].entries()) {
    const place = position === undefined ? null : position + seq;
    const facts = detail && signer ? signedGone(signer, id, detail) : detail;
    add.run(place, id, seq, at, kind, facts === undefined ? null : JSON.stringify(facts));
  }
  return id;
}
