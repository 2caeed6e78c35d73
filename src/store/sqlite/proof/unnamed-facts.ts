import type { Database } from 'better-sqlite3';

/** Facts that are deleted in one transaction. */
const MOST = 50;

interface FactRow {
  readonly digest: string;
  readonly isCaller: 0 | 1;
  readonly name: unknown;
  readonly version: unknown;
}

/** What tokens said of callers, and clients of themselves, that no exchange names any more. */
export class UnnamedFacts {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Deletes them; also those that were left when an earlier erasing was cut short.
   *
   * @param record tells of it, within the transaction: `verify` would miss a fact that a gate names again, which it took
   *   for written
   */
  forget(record: () => void): void {
    // What was recorded meanwhile is looked at again, with the database locked.
    const newest = this.#db
      .prepare<[], string | null>('SELECT max(id) FROM exchange')
      .pluck()
      .get();
    const { callers, clients } = this.#candidates();
    const named = (column: 'identity' | 'agent') => {
      const select = `SELECT DISTINCT ${column} FROM exchange WHERE ${column} IS NOT NULL`;
      return this.#db.prepare<[], string>(select).pluck().iterate();
    };
    if (callers.size > 0) for (const digest of named('identity')) callers.delete(digest);
    if (clients.size > 0) for (const agent of named('agent')) clients.delete(agent);
    const facts = [
      ...[...callers].map((digest) => ({ digest, name: digest })),
      ...[...clients].flatMap(([name, digests]) => digests.map((digest) => ({ digest, name }))),
    ];
    for (let from = 0; from < facts.length; from += MOST) {
      this.#delete(facts.slice(from, from + MOST), newest ?? '', record);
    }
  }

  /** Digests of callers, and of clients by the name that exchanges have of them. What is said of tools names nobody. */
  #candidates() {
    const rows = this.#db.prepare<[], FactRow>(
      `SELECT digest, json_type(facts, '$.sub') IS NOT NULL AS isCaller,
         facts ->> '$.name' AS name, facts ->> '$.version' AS version
       FROM fact WHERE json_valid(facts) AND json_type(facts, '$.flags') IS NULL`,
    );
    const callers = new Set<string>();
    const clients = new Map<string, string[]>();
    for (const { digest, isCaller, name, version } of rows.iterate()) {
      if (isCaller) callers.add(digest);
      else if (typeof name === 'string' && name !== '') {
        const agent = [name, version].filter(Boolean).join('/');
        clients.set(agent, [...(clients.get(agent) ?? []), digest]);
      }
    }
    return { callers, clients };
  }

  #delete(
    facts: readonly { digest: string; name: string }[],
    newest: string,
    record: () => void,
  ): void {
    // Ids begin with a time: those of exchanges that were under way then are not far from the newest.
    const since = this.#db
      .prepare<[string], string>(
        'SELECT min(id) FROM (SELECT id FROM exchange WHERE id <= ? ORDER BY id DESC LIMIT 10000)',
      )
      .pluck();
    const isNamed = this.#db.prepare<[string, string, string], number>(
      'SELECT 1 FROM exchange WHERE id >= ? AND (identity = ? OR agent = ?) LIMIT 1',
    );
    const remove = this.#db.prepare('DELETE FROM fact WHERE digest = ?');
    const from = since.get(newest) ?? '';
    this.#db
      .transaction(() => {
        let deleted = 0;
        for (const { digest, name } of facts) {
          if (!isNamed.get(from, name, name)) deleted += remove.run(digest).changes;
        }
        if (deleted > 0) record();
      })
      .immediate();
  }
}
