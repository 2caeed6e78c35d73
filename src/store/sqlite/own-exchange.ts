import type { Database } from 'better-sqlite3';
import { v7 as newId } from 'uuid';
import type { EventKind, TranscriptEvent } from '../../model/transcript.ts';

/** Something that was done to transcripts, by the gate or by an operator: an exchange of its own. */
export interface OwnExchange {
  readonly method: 'transcripts/remove' | 'transcripts/erase' | 'transcripts/unseal';
  readonly target?: string;
  /** Who did it; left out: the gate. */
  readonly by?: string;
  readonly steps: readonly {
    readonly kind: EventKind;
    readonly detail: TranscriptEvent['detail'];
  }[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Writes it, within the transaction of what it tells of. It is part of what is proved.
 *
 * @returns its id
 */
export function recordOwn(db: Database, { method, target, by, steps, at }: OwnExchange): string {
  const id = newId();
  const last = steps.length;
  db.prepare(
    `INSERT INTO exchange (id, opened_at, closed_at, upstream, method, target, sub, revision, outcome, last)
     VALUES (?, ?, ?, '', ?, ?, ?, '', 'delivered', ?)`,
  ).run(id, at, at, method, target ?? null, by ?? null, last);
  const add = db.prepare(
    `INSERT INTO event (exchange, seq, at, kind, revision, detail) VALUES (?, ?, ?, ?, '', ?)`,
  );
  for (const [seq, { kind, detail }] of [
    { kind: 'opened' as const, detail: undefined },
    ...steps,
  ].entries()) {
    add.run(id, seq, at, kind, detail === undefined ? null : JSON.stringify(detail));
  }
  return id;
}
