import type { Database } from 'better-sqlite3';
import { recordOwn } from '../own-exchange.ts';

/**
 * Steps that were signed and are not there any more, at the end of a database that a gate opens: somebody removed them.
 * New steps must not take their positions, so that `verify` goes on naming the right ones.
 */
export function recordLostSteps(db: Database): void {
  db.transaction(() => {
    const signed = maxOf(db, 'SELECT max(last) AS position FROM block');
    const newest = maxOf(db, 'SELECT max(position) AS position FROM event');
    if (newest >= signed) return;
    recordOwn(db, {
      method: 'transcripts/lost',
      steps: [{ kind: 'closed', detail: { lost: [[newest + 1, signed]] } }],
      at: Date.now(),
      position: signed + 1,
    });
  }).immediate();
}

function maxOf(db: Database, sql: string): number {
  return db.prepare<[], { position: number | null }>(sql).get()?.position ?? 0;
}
