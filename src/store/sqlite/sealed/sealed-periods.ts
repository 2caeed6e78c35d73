import Database from 'better-sqlite3';
import { GateError, messageOf } from '../../../model/errors.ts';
import { type MasterKeys, masterKeyName } from '../../seal/master-keys.ts';
import { periodKey, type WrappedKey, wrapPeriodKey } from '../../seal/period-key.ts';
import { openToChange } from '../open-to-change.ts';
import { checkIsThere, unreadable } from '../unreadable.ts';

/** How long the gate's writes are waited for, and for the log to be moved, in milliseconds. */
const BUSY = 5_000;
const SHORT = 200;
/** Periods that one transaction rewraps: it takes the gate's turn for less than a millisecond. */
const AT_ONCE = 50;
/** The first schema with periods. */
const SEALED_SINCE = 4;

/** A period with how many exchanges have been opened in it. */
export interface SealedPeriod {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly began: number;
  /** Name of the master key that wraps its key. */
  readonly master: string;
  readonly exchanges: number;
}

/**
 * The periods of a database, in the order of time.
 *
 * @throws GateError STORE_UNREADABLE
 */
export function sealedPeriods(path: string): SealedPeriod[] {
  return within(path, toRead, (db) => {
    const select = db.prepare<[], SealedPeriod>(
      `SELECT id, began, master, coalesce(exchanges, 0) AS exchanges
       FROM period LEFT JOIN (SELECT period, count(*) AS exchanges FROM exchange
                              WHERE period IS NOT NULL GROUP BY period) ON period = id
       ORDER BY id`,
    );
    return select.all();
  });
}

/**
 * Names of the master keys that the periods of a database need.
 *
 * @throws GateError STORE_UNREADABLE
 */
export function neededMasters(path: string): string[] {
  return within(path, toRead, (db) => {
    const select = db.prepare<[], { master: string }>('SELECT DISTINCT master FROM period');
    return select.all().map(({ master }) => master);
  });
}

/** What a rotation has done, in periods. */
export interface Rotation {
  readonly rewrapped: number;
  /** Those that the first key wraps already. */
  readonly before: number;
  /** Those that no key at hand opens: they stay as they are. */
  readonly sealed: number;
  /** The log of writes still holds keys as they were wrapped before; a gate that runs moves it on. */
  readonly inLog: boolean;
}

/**
 * Wraps the keys of all periods with the first master key, beside a gate that runs or without one. No payload is
 * touched. Each step is whole: what ends in the middle is gone on with the next time.
 *
 * @throws GateError STORE_UNREADABLE, STORE_UNAVAILABLE
 */
export function rewrapPeriods(path: string, keys: MasterKeys): Rotation {
  return within(path, toChange, (db) => {
    const now = masterKeyName(keys[0]);
    const rows = db
      .prepare<[], WrappedKey>('SELECT id, master, wrapped FROM period ORDER BY id')
      .all();
    const old = rows.filter(({ master }) => master !== now);
    const wrapped = old.flatMap((row) => {
      const key = periodKey(keys, row);
      return key ? [{ ...wrapPeriodKey(keys, row.id, key), from: row.master }] : [];
    });
    const update = db.prepare(
      'UPDATE period SET master = ?, wrapped = ? WHERE id = ? AND master = ?',
    );
    const write = db.transaction((some: typeof wrapped) => {
      for (const { id, master, wrapped, from } of some) update.run(master, wrapped, id, from);
    });
    try {
      for (let from = 0; from < wrapped.length; from += AT_ONCE) {
        write.immediate(wrapped.slice(from, from + AT_ONCE));
      }
    } catch (cause) {
      const message = `cannot write the transcript database ${path}: ${messageOf(cause)}`;
      throw new GateError('STORE_UNAVAILABLE', message, { cause });
    }
    return {
      rewrapped: wrapped.length,
      before: rows.length - old.length,
      sealed: old.length - wrapped.length,
      inLog: wrapped.length > 0 && !emptiedLog(db),
    };
  });
}

/** The log has pages as they were before; others that read or write may keep it from being emptied. */
function emptiedLog(db: Database.Database): boolean {
  db.pragma(`busy_timeout = ${SHORT}`);
  const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return result?.busy === 0;
}

const toRead = (path: string) => new Database(path, { readonly: true, fileMustExist: true });
const toChange = (path: string) => openToChange(path, { busy: BUSY });

function within<Result>(
  path: string,
  open: (path: string) => Database.Database,
  work: (db: Database.Database) => Result,
): Result {
  checkIsThere(path);
  let db: Database.Database | undefined;
  try {
    db = open(path);
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version < SEALED_SINCE) {
      const hint = 'start this one with it once';
      throw new GateError('STORE_UNREADABLE', `${path} is of an earlier sallyport`, { hint });
    }
    return work(db);
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw unreadable(path, cause);
  } finally {
    db?.close();
  }
}
