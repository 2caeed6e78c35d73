import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { messageOf } from '../../../model/errors.ts';
import { type Finding, Findings, type Wrong } from '../../proof/finding.ts';

/** Rows of a table that is sorted by its ids: those after one, up to another. */
export interface Page {
  readonly table: 'exchange' | 'fact';
  readonly after: string;
  /** Left out: to the end. */
  readonly to?: string;
}

/** What a page holds. Plain data, for threads. */
export interface PageResult {
  readonly rows: number;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Partial<Record<Wrong, number>>>;
}

interface ExchangeRow {
  id: string;
  opened_at: number;
  outcome: string;
  last: number | null;
  salted: 0 | 1;
  first: number | null;
  ended: 0 | 1;
  /** It is older than all steps that are left. */
  outlived: 0 | 1;
}

/** Beyond every id. */
const END = '\u{10ffff}';

/** Finds exchanges and facts that no signed step vouches for. */
export class PageChecker {
  readonly #exchanges;
  readonly #facts;

  constructor(db: Database) {
    this.#exchanges = db.prepare<[string, string], ExchangeRow>(
      `SELECT id, opened_at, outcome, last, salt IS NOT NULL AS salted,
         (SELECT min(position) FROM event WHERE exchange = id) AS first,
         last IS NOT NULL AND EXISTS (SELECT 1 FROM event WHERE exchange = id AND seq >= last) AS ended,
         ifnull(opened_at < (SELECT at FROM event ORDER BY position LIMIT 1)
           AND (SELECT min(position) FROM event) > 1, 0) AS outlived
       FROM exchange WHERE id > ? AND id <= ? ORDER BY id`,
    );
    this.#facts = db.prepare<[string, string], { digest: string; facts: string }>(
      'SELECT digest, facts FROM fact WHERE digest > ? AND digest <= ? ORDER BY digest',
    );
  }

  check(page: Page): PageResult {
    const findings = new Findings();
    let rows = 0;
    try {
      rows = this.#check(page, findings);
    } catch (error) {
      const why = `a part of the table "${page.table}" cannot be read: ${messageOf(error)}`;
      findings.add({ wrong: 'unreadable', position: 0, why });
    }
    return { rows, findings: findings.kept, counts: findings.counts };
  }

  #check({ table, after, to = END }: Page, findings: Findings): number {
    let rows = 0;
    if (table === 'exchange') {
      for (const row of this.#exchanges.iterate(after, to)) {
        rows++;
        const why = objectionTo(row);
        const about = { position: 0, exchange: row.id, at: row.opened_at };
        if (why) findings.add({ ...about, ...why });
      }
    } else {
      for (const { digest, facts } of this.#facts.iterate(after, to)) {
        rows++;
        if (digestOf(facts) === digest) continue;
        const why = `the fact ${digest} is not what its digest says`;
        findings.add({ wrong: 'changed', position: 0, why });
      }
    }
    return rows;
  }
}

/** Its steps are compared with their leaves; an exchange without them would be compared with nothing. */
function objectionTo(row: ExchangeRow): Pick<Finding, 'wrong' | 'why'> | undefined {
  const { outcome, last, salted, first, ended, outlived } = row;
  // Retention has removed its steps, and it goes on: the step that ends it vouches for it again.
  if (first === null && outcome === 'open' && outlived === 1) return undefined;
  if (first === null) return { wrong: 'inserted', why: 'the exchange has no steps' };
  if (outcome === 'open' || salted === 0) return undefined;
  if (last !== null && ended === 1) return undefined;
  return { wrong: 'changed', why: 'no signed step says that the exchange has ended so' };
}

/** As who writes facts names them. */
function digestOf(facts: string): string {
  return createHash('sha256').update(String(facts)).digest('base64url').slice(0, 32);
}
