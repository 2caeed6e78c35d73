import type { Database } from 'better-sqlite3';
import { SILENT } from './dead-runs.ts';

/**
 * How far back to look, in exchanges: what was under way when a gate died is among the newest of then. Older ones are
 * ended once retention has removed all of their steps, so that they don't stay for ever.
 */
const NEWEST = 100_000;
/** Behind every id. */
const LAST = '\u{10FFFF}';
/** Exchanges that are ended at a time: a few milliseconds. */
const PORTION = 128;

const reason = 'the gate ended before the exchange did';

/** Which exchanges are looked at. */
export interface LookedAt {
  /** So many, the newest first. */
  readonly newest?: number;
  /** Only with ids up to this one; left out: all. */
  readonly until?: string;
}

/** Ends what dead runs have left open where others go on: it need not be among the newest. */
export function closeLeftBy(db: Database, dead: readonly { readonly seen: number }[]): void {
  // Those that died at about the same time are looked for once.
  const times = new Set(dead.map(({ seen }) => Math.ceil(seen / SILENT) * SILENT));
  for (const time of times) closeLeftOpen(db, endsOf(time));
}

/** Those that a run can have opened that gave its last sign of life then. Ids begin with the time (RFC 9562, 5.7). */
function endsOf(seen: number): LookedAt {
  const time = Math.max(0, Math.ceil(seen + SILENT))
    .toString(16)
    .padStart(12, '0');
  return { until: `${time.slice(0, 8)}-${time.slice(8)}` };
}

/** Ends exchanges that are open in no run: the gate that would have ended them is dead. */
export function closeLeftOpen(
  db: Database,
  { newest = NEWEST, until = LAST }: LookedAt = {},
): void {
  const isLeft = `outcome = 'open' AND (run IS NULL OR run NOT IN (SELECT id FROM run))`;
  const leftOpen = db.prepare<[string, number], string>(
    `SELECT id FROM (
       SELECT * FROM (SELECT id, outcome, run FROM exchange WHERE id <= ? ORDER BY id DESC LIMIT ?)
       UNION SELECT id, outcome, run FROM exchange
         WHERE id < (SELECT exchange FROM event ORDER BY position LIMIT 1))
     WHERE ${isLeft}`,
  );
  const add = db
    .prepare<[number, string, string], number>(
      `INSERT INTO event (exchange, seq, at, kind, revision, detail)
     SELECT id, (SELECT coalesce(max(seq), -1) + 1 FROM event WHERE exchange = exchange.id),
       ?, 'closed', revision, ?
     FROM exchange WHERE id = ? AND ${isLeft} RETURNING seq`,
    )
    .pluck();
  const close = db.prepare(
    `UPDATE exchange SET closed_at = ?, outcome = 'failed', last = ? WHERE id = ?`,
  );
  const detail = JSON.stringify({ outcome: 'failed', reason });
  const end = db.transaction((ids: readonly string[]) => {
    const now = Date.now();
    for (const id of ids) {
      const last = add.get(now, detail, id);
      if (last !== undefined) close.run(now, last, id);
    }
  });
  // They are looked for while nobody has to wait.
  const ids = leftOpen.pluck().all(until, newest);
  for (let from = 0; from < ids.length; from += PORTION) {
    end.immediate(ids.slice(from, from + PORTION));
  }
}
