import type Database from 'better-sqlite3';
import { GateError, messageOf } from '../../../model/errors.ts';
import { openToChange } from '../open-to-change.ts';
import { recordOwn } from '../own-exchange.ts';

/** How long the gate's writes are waited for, in milliseconds. */
const BUSY = 5_000;
/** Ids that a record names; of more it says how many. */
const MAX_NAMED = 1_000;

/** Who is about to read originals, and why. */
export interface Access {
  /** Who: a name of the operating system. */
  readonly by: string;
  /** Ids of the exchanges; left out: those that `what` tells of. */
  readonly exchanges?: readonly string[];
  /** What they are read for, in words: `replay show`. */
  readonly what: string;
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Records that somebody reads originals: an exchange `transcripts/unseal`, which is proved like others. It comes first:
 * where it can't be written nothing is to be shown.
 *
 * @returns its id
 * @throws GateError STORE_UNAVAILABLE
 */
export function recordAccess(path: string, { by, exchanges, what, reason, at }: Access): string {
  const [only, ...others] = exchanges ?? [];
  const target = only !== undefined && others.length === 0 ? { target: only } : {};
  const more = Math.max(0, others.length + 1 - MAX_NAMED);
  const detail = {
    ...{ outcome: 'delivered', what },
    ...(exchanges === undefined ? {} : { exchanges: exchanges.slice(0, MAX_NAMED) }),
    ...(more > 0 ? { more } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  let db: Database.Database | undefined;
  try {
    db = openToChange(path, { busy: BUSY });
    // What was looked at is not to be forgotten because the power went.
    db.pragma('synchronous = FULL');
    const write = db.transaction((to: Database.Database) => {
      const steps = [{ kind: 'closed' as const, detail }];
      return recordOwn(to, { method: 'transcripts/unseal', ...target, by, steps, at });
    });
    return write.immediate(db);
  } catch (cause) {
    const message = `cannot record who reads originals in ${path}: ${messageOf(cause)}`;
    const hint =
      'originals are shown only where that can be recorded: copy the database to where you may write';
    throw new GateError('STORE_UNAVAILABLE', message, { hint, cause });
  } finally {
    db?.close();
  }
}
