import type { Database } from 'better-sqlite3';
import { messageOf } from '../../../model/errors.ts';
import { type Finding, Findings } from '../../proof/finding.ts';

/** Tables that readers of transcripts rely on. */
export const trustedTables = [
  ...['event', 'exchange', 'fact', 'block', 'pack', 'blob', 'period'],
  ...['erased_contents', 'erased_names'],
] as const;

/**
 * Whether a table is what SQLite makes of it. Steps are verified in their order, and readers look them up by their
 * exchange: where an index lacks an entry, or a row stands where no search comes to, they would not see what was verified.
 * Packs must not overlap, for then what a step says would depend on which of them was read before.
 */
export function checkTable(db: Database, table: string): readonly Finding[] {
  const findings = new Findings();
  try {
    const [first] = db.pragma(`integrity_check(${table})`) as { integrity_check: string }[];
    const problem = first?.integrity_check;
    if (problem !== 'ok') {
      const why = `the table "${table}" is damaged: ${problem}`;
      findings.add({ wrong: 'unreadable', position: 0, why });
    }
    if (table === 'pack') checkPacks(db, findings);
  } catch (error) {
    const why = `the table "${table}" cannot be read: ${messageOf(error)}`;
    findings.add({ wrong: 'unreadable', position: 0, why });
  }
  return findings.kept;
}

function checkPacks(db: Database, findings: Findings): void {
  const packs = db.prepare<[], { first: number; last: number }>(
    'SELECT first, last FROM pack ORDER BY last',
  );
  let before = 0;
  for (const { first, last } of packs.iterate()) {
    if (!(first > before && first <= last)) {
      const why = 'the texts of the steps up to here are in two packs, or in none';
      findings.add({ wrong: 'changed', position: last, why });
    }
    before = last;
  }
}
