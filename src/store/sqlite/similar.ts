import Database from 'better-sqlite3';
import type { Outcome } from '../../model/transcript.ts';
import type { SimilarCall, SimilarCalls, SimilarTo } from '../contract.ts';
import { unreadable } from './unreadable.ts';

/** Only of calls that needed approval: of all, it would make recording a fifth slower. */
export const similarIndex = `CREATE INDEX exchange_approved ON exchange (upstream, target, id)
  WHERE effect = 'approve'`;

/** Calls that are looked through for those of one caller; bounds what a question costs. */
const LOOKED_AT = 500;
/** Exchanges that are looked through for how often the target was called of late. */
const RECENT = 2_000;
/** How long to wait for the writing connection, in milliseconds. It never holds what a reader needs for longer. */
const BUSY = 100;

interface CallRow {
  id: string;
  openedAt: number;
  closedAt: number | null;
  outcome: Outcome;
  rule: string | null;
}
interface CountRow {
  outcome: Outcome;
  own: 0 | 1;
  calls: number;
}

/** Looks up calls that are like one for which somebody is asked, in the transcripts of this gate. */
export class SqliteSimilar implements SimilarCalls {
  readonly #db: Database.Database;
  readonly #made;
  readonly #recent;

  /** @throws GateError STORE_UNREADABLE */
  constructor(path: string) {
    try {
      this.#db = new Database(path, { readonly: true });
      this.#db.pragma(`busy_timeout = ${BUSY}`);
      this.#made = this.#db.prepare<[Record<string, unknown>], CallRow>(
        `SELECT id, opened_at AS openedAt, closed_at AS closedAt, outcome, rule
         FROM (SELECT * FROM exchange
               WHERE upstream = @upstream AND target = @target AND id < @exchange
                 AND effect = 'approve'
               ORDER BY id DESC LIMIT ${LOOKED_AT})
         WHERE method = @method AND sub = @sub AND issuer = @issuer AND outcome NOT IN ('open', 'blocked')
         ORDER BY id DESC LIMIT @limit`,
      );
      this.#recent = this.#db.prepare<[Record<string, unknown>], CountRow>(
        `SELECT outcome, (sub IS @sub AND issuer IS @issuer) AS own, count(*) AS calls
         FROM (SELECT * FROM exchange WHERE id < @exchange ORDER BY id DESC LIMIT ${RECENT})
         WHERE upstream = @upstream AND target = @target AND method = @method
         GROUP BY outcome, own`,
      );
    } catch (cause) {
      throw unreadable(path, cause);
    }
  }

  made(call: SimilarTo, limit: number): SimilarCall[] {
    return this.#made.all({ ...call, limit }).map(({ closedAt, rule, ...row }) => ({
      ...row,
      ...(closedAt === null ? {} : { closedAt }),
      ...(rule === null ? {} : { rule }),
    }));
  }

  recent(call: SimilarTo): ReturnType<SimilarCalls['recent']> {
    const counts = { of: RECENT, caller: {}, others: {} } as const;
    for (const { outcome, own, calls } of this.#recent.all({ ...call })) {
      const those: Record<string, number> = own === 1 ? counts.caller : counts.others;
      those[outcome] = calls;
    }
    return counts;
  }

  close(): void {
    this.#db.close();
  }
}
