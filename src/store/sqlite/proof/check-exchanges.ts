import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { messageOf } from '../../../model/errors.ts';
import { type Finding, Findings, type Wrong } from '../../proof/finding.ts';

/** Rows of a table that is sorted by its ids: those after one, up to another. */
export interface Page {
  readonly table: 'exchange' | 'fact';
  /** Left out: from the beginning. */
  readonly after?: string;
  /** Left out: to the end. */
  readonly to?: string;
}

/** What a page holds. Plain data, for threads. */
export interface PageResult {
  /** Exchanges of which no step that is left says what they are about: retention has removed the first. */
  readonly headless: number;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Partial<Record<Wrong, number>>>;
}

/** An exchange that may be wrong; what is a number of 0 or 1 answers a question. */
interface ExchangeRow {
  readonly id: string;
  readonly openedAt: number;
  readonly outcome: string;
  readonly last: number | null;
  readonly salted: 0 | 1;
  /** It has a step; the first one; the one that ended it, or a later one. */
  readonly stepped: 0 | 1;
  readonly begun: 0 | 1;
  readonly ended: 0 | 1;
  /** Something says how it ended. */
  readonly closed: 0 | 1;
  /** The key of its originals is not there. */
  readonly keyless: 0 | 1;
  /** It is older than all steps that are left. */
  readonly outlived: 0 | 1;
}

const STEP = 'SELECT 1 FROM event WHERE event.exchange = exchange.id';
const KEYLESS =
  'period IS NOT NULL AND NOT EXISTS (SELECT 1 FROM period AS p WHERE p.id = exchange.period)';
/** Nearly all exchanges: they have ended with the newest step, or one before it. */
const PLAIN = `outcome <> 'open' AND salt IS NOT NULL AND NOT (${KEYLESS})
  AND (SELECT seq FROM event WHERE event.exchange = exchange.id ORDER BY position DESC LIMIT 1) >= last`;
const EXCHANGES = `SELECT id, opened_at AS openedAt, outcome, last, salt IS NOT NULL AS salted,
    EXISTS (${STEP}) AS stepped,
    EXISTS (${STEP} AND seq = 0) AS begun,
    last IS NOT NULL AND EXISTS (${STEP} AND seq >= last) AS ended,
    coalesce(closed_at, effect, rule, last) IS NOT NULL AS closed,
    ${KEYLESS} AS keyless,
    ifnull(opened_at < (SELECT at FROM event ORDER BY position LIMIT 1)
      AND (SELECT min(position) FROM event) > 1, 0) AS outlived
  FROM exchange WHERE NOT ifnull(${PLAIN}, 0)`;

/** Finds exchanges and facts that no signed step vouches for. */
export class PageChecker {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  check(page: Page): PageResult {
    const findings = new Findings();
    let headless = 0;
    try {
      if (page.table === 'fact') this.#checkFacts(page, findings);
      else headless = this.#checkExchanges(page, findings);
    } catch (error) {
      const why = `a part of the table "${page.table}" cannot be read: ${messageOf(error)}`;
      findings.add({ wrong: 'unreadable', position: 0, why });
    }
    return { headless, findings: findings.kept, counts: findings.counts };
  }

  #checkExchanges(page: Page, findings: Findings): number {
    let headless = 0;
    for (const row of this.#rows<ExchangeRow>(`${EXCHANGES} AND`, 'id', page)) {
      const why = objectionTo(row);
      if (why === 'headless') headless++;
      else if (why) findings.add({ position: 0, exchange: row.id, at: row.openedAt, ...why });
    }
    return headless;
  }

  #checkFacts(page: Page, findings: Findings): void {
    const select = 'SELECT digest, facts FROM fact WHERE';
    for (const row of this.#rows<{ digest: string; facts: string }>(select, 'digest', page)) {
      if (digestOf(row.facts) === row.digest) continue;
      const why = `the fact ${row.digest} is not what its digest says`;
      findings.add({ wrong: 'changed', position: 0, why });
    }
  }

  /** Without a bound where none is given: somebody may have put in what sorts before or after all ids of a gate. */
  #rows<Row>(select: string, id: string, { after, to }: Page): IterableIterator<Row> {
    const from = after === undefined ? 'TRUE' : `${id} > @after`;
    const until = to === undefined ? 'TRUE' : `${id} <= @to`;
    return this.#db
      .prepare<[Record<string, unknown>], Row>(`${select} ${from} AND ${until} ORDER BY ${id}`)
      .iterate({ after, to });
  }
}

/** Its steps are compared with their leaves; an exchange without them would be compared with nothing. */
function objectionTo(row: ExchangeRow): Pick<Finding, 'wrong' | 'why'> | 'headless' | undefined {
  const { outcome, last, salted, stepped, begun, ended, closed, keyless, outlived } = row;
  if (keyless === 1) return { wrong: 'removed', why: 'the key of its originals is gone' };
  const isOpen = outcome === 'open';
  // Retention has removed its steps, and it goes on: the step that ends it vouches for it again.
  if (stepped === 0 && !(isOpen && outlived === 1)) {
    return { wrong: 'inserted', why: 'the exchange has no steps' };
  }
  if (isOpen && closed === 1) {
    return { wrong: 'changed', why: 'the exchange is open, and yet something says how it ended' };
  }
  if (isOpen) return begun === 1 ? undefined : 'headless';
  // Of those that ended before there were proofs the first step says how.
  if (last === null && salted === 0) return begun === 1 ? undefined : 'headless';
  if (ended === 1) return undefined;
  return { wrong: 'changed', why: 'no signed step says that the exchange has ended so' };
}

/** As who writes facts names them. */
function digestOf(facts: string): string {
  return createHash('sha256').update(String(facts)).digest('base64url').slice(0, 32);
}
