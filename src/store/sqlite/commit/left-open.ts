import type { Database } from 'better-sqlite3';

/**
 * How far back to look, in exchanges: what was under way when a gate died is among the newest. Older ones are ended once
 * retention has removed all of their steps, so that they don't stay for ever.
 */
const NEWEST = 100_000;

const reason = 'the gate ended before the exchange did';

/** Ends exchanges that a gate left open when it died: one gate writes a database, so nobody else will. */
export function closeLeftOpen(db: Database, newest = NEWEST): void {
  const leftOpen = db.prepare<[number], { id: string; revision: string; next: number }>(
    `SELECT id, revision,
       (SELECT coalesce(max(seq), -1) + 1 FROM event WHERE exchange = newest.id) AS next
     FROM (SELECT * FROM (SELECT id, revision, outcome FROM exchange ORDER BY id DESC LIMIT ?)
           UNION SELECT id, revision, outcome FROM exchange
             WHERE id < (SELECT exchange FROM event ORDER BY position LIMIT 1)) AS newest
     WHERE outcome = 'open'`,
  );
  const add = db.prepare(
    `INSERT INTO event (exchange, seq, at, kind, revision, detail) VALUES (?, ?, ?, 'closed', ?, ?)`,
  );
  const close = db.prepare(
    `UPDATE exchange SET closed_at = ?, outcome = 'failed', last = ? WHERE id = ?`,
  );
  const now = Date.now();
  const detail = JSON.stringify({ outcome: 'failed', reason });
  db.transaction(() => {
    for (const { id, revision, next } of leftOpen.all(newest)) {
      add.run(id, next, now, revision, detail);
      close.run(now, next, id);
    }
  })();
}
