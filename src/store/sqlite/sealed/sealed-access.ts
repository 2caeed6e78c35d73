import type Database from 'better-sqlite3';
import { GateError, messageOf } from '../../../model/errors.ts';
import type { JsonObject } from '../../../model/json.ts';
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
  /** How many there are, where they are not all named. */
  readonly count?: number;
  /** What else was said of them: a span of time, an upstream. */
  readonly filter?: JsonObject;
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
export function recordAccess(path: string, access: Access): string {
  const { by, exchanges, count, at } = access;
  const [only] = exchanges ?? [];
  const target = only !== undefined && (count ?? exchanges?.length) === 1 ? { target: only } : {};
  const detail = detailOf(access);
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

function detailOf({ exchanges = [], count = exchanges.length, what, filter, reason }: Access) {
  const named = exchanges.slice(0, MAX_NAMED);
  const more = count - named.length;
  const others = named.length > 0 ? { more } : { count };
  return {
    ...{ outcome: 'delivered', what },
    ...(named.length > 0 ? { exchanges: named } : {}),
    ...(more > 0 ? others : {}),
    ...(filter && Object.keys(filter).length > 0 ? { filter } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}
