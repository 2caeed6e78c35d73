import type { Database, Statement } from 'better-sqlite3';
import type {
  ApprovalBounds,
  ApprovalNotice,
  ApprovalQuery,
  ApprovalStore,
} from '../../../model/approval-store.ts';
import { type ApprovalRow, columnText } from '../../approval-row.ts';
import {
  approvalsFull,
  approvalsOfCallerFull,
  FORGOTTEN,
  MAX_STANDING,
} from '../../approvals-bounds.ts';
import type { NoticeTable } from './notice-table.ts';

/** What an approval is read from. */
type Texts = Pick<ApprovalRow, 'id' | 'call' | 'rest'>;

const READ = 'SELECT id, call, rest FROM approval';

/** The statements on the tables of approvals; those that write are run within a transaction. */
export class ApprovalTables {
  readonly #db: Database;
  readonly #bounds: ApprovalBounds;
  readonly #notices: NoticeTable;
  readonly #insert;
  readonly #update;
  readonly #get;
  readonly #withBinding;
  readonly #standing;
  readonly #counts;
  readonly #pendingOf;
  readonly #overdue;
  readonly #nextEnd;
  readonly #old;
  readonly #delete;
  /** By their text, which has one form for each set of what is asked for. */
  readonly #lists = new Map<string, Statement<[object], Texts>>();

  constructor(
    db: Database,
    { bounds, notices }: { readonly bounds: ApprovalBounds; readonly notices: NoticeTable },
  ) {
    this.#db = db;
    this.#bounds = bounds;
    this.#notices = notices;
    this.#insert = db.prepare<[object]>(
      `INSERT INTO approval (id, version, state, binding, issuer, sub, upstream, method, target,
         break_glass, standing, ends, ended_at, call, rest)
       VALUES ($id, $version, $state, $binding, $issuer, $sub, $upstream, $method, $target,
         $breakGlass, $standing, $ends, $endedAt, $call, $rest)`,
    );
    this.#update = db.prepare<[object]>(
      `UPDATE approval SET version = $version, state = $state, break_glass = $breakGlass,
         standing = $standing, ends = $ends, ended_at = $endedAt, rest = $rest
       WHERE id = $id AND version = $version - 1 AND binding = $binding`,
    );
    this.#get = db.prepare<[string], Texts>(`${READ} WHERE id = ?`);
    this.#withBinding = db.prepare<[string], Texts>(
      `${READ} WHERE binding = ? AND ends IS NOT NULL`,
    );
    this.#standing = db.prepare<[object], Texts>(
      `${READ} INDEXED BY approval_in_force
       WHERE issuer = $issuer AND sub = $sub AND upstream = $upstream AND target = $target
         AND method = $method AND standing = 1 AND state = 'granted' AND ends > $now
       ORDER BY id DESC LIMIT ${MAX_STANDING}`,
    );
    this.#counts = db.prepare<[], { pending: number; granted: number }>(
      'SELECT pending, granted FROM open_approvals',
    );
    this.#pendingOf = db
      .prepare<[string, string, number], number>(
        `SELECT count(*) FROM (
           SELECT 1 FROM approval WHERE issuer = ? AND sub = ? AND state = 'pending' LIMIT ?)`,
      )
      .pluck();
    this.#overdue = db.prepare<[number, number], Texts>(
      `${READ} WHERE ends <= ? ORDER BY ends, id LIMIT ?`,
    );
    this.#nextEnd = db
      .prepare<[], number | null>('SELECT min(ends) FROM approval WHERE ends IS NOT NULL')
      .pluck();
    this.#old = db
      .prepare<[number, number], string>(
        'SELECT id FROM approval WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
      )
      .pluck();
    this.#delete = db.prepare<[string]>('DELETE FROM approval WHERE id = ?');
  }

  /** @returns the open one of the binding that was there before */
  open(row: ApprovalRow, notices: readonly ApprovalNotice[]): Texts | undefined {
    const there = this.#withBinding.get(row.binding);
    if (there) return there;
    const { max, maxPerCaller } = this.#bounds;
    if (this.counts().pending >= max) throw approvalsFull(max);
    const pending = this.#pendingOf.get(row.issuer, row.sub, maxPerCaller) ?? 0;
    if (pending >= maxPerCaller) throw approvalsOfCallerFull(maxPerCaller);
    this.#insert.run(parametersOf(row));
    this.#notices.add(notices);
    return undefined;
  }

  replace(row: ApprovalRow, notices: readonly ApprovalNotice[]): boolean {
    if (this.#update.run(parametersOf(row)).changes === 0) return false;
    this.#notices.add(notices);
    return true;
  }

  get(id: string): Texts | undefined {
    return this.#get.get(id);
  }

  withBinding(binding: string): Texts | undefined {
    return this.#withBinding.get(binding);
  }

  standing(call: Parameters<ApprovalStore['standing']>[0], now: number): readonly Texts[] {
    const columns = Object.entries(call).map(([name, text]) => [name, columnText(text)]);
    return this.#standing.all({ ...Object.fromEntries(columns), now });
  }

  list(query: ApprovalQuery): readonly Texts[] {
    const { states, limit } = query;
    if (!states || isSelective(query)) return this.#list(query);
    // One look for each state, so that nothing is sorted but what is found.
    const found = [...new Set(states)].flatMap((state) =>
      this.#list({ ...query, states: [state] }),
    );
    return found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
  }

  counts(): { pending: number; granted: number } {
    return this.#counts.get() ?? { pending: 0, granted: 0 };
  }

  overdue(now: number, limit: number): readonly Texts[] {
    return this.#overdue.all(now, limit);
  }

  nextEnd(): number | undefined {
    return this.#nextEnd.get() ?? undefined;
  }

  forget(before: number): boolean {
    const old = this.#old.all(before, FORGOTTEN);
    for (const id of old) {
      this.#notices.forget(id);
      this.#delete.run(id);
    }
    return old.length === FORGOTTEN;
  }

  #list(query: ApprovalQuery): readonly Texts[] {
    const { states, upstream, target, caller, binding } = query;
    const { breakGlass, standing, before, limit } = query;
    const names = (states ?? []).map((state, index) => [`state${index}`, state]);
    const parts = [
      // A plus keeps SQLite from looking it up by that column.
      states && `${isSelective(query) ? '+' : ''}state IN (${names.map(([name]) => `$${name}`)})`,
      upstream !== undefined && 'upstream = $upstream',
      target !== undefined && 'target = $target',
      caller !== undefined && 'sub = $caller',
      binding !== undefined && 'binding = $binding',
      breakGlass && 'break_glass = 1',
      standing && 'standing = 1',
      before !== undefined && 'id < $before',
    ].filter((part) => part !== undefined && part !== false);
    const where = parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
    const sql = `${READ} ${where} ORDER BY id DESC LIMIT $limit`;
    const statement = this.#lists.get(sql) ?? this.#db.prepare<[object], Texts>(sql);
    this.#lists.set(sql, statement);
    const texts = Object.entries({ upstream, target, caller }).flatMap(([name, text]) => {
      return text === undefined ? [] : [[name, columnText(text)]];
    });
    const given = Object.fromEntries([...names, ...texts]);
    return statement.all({ ...given, binding, before, limit });
  }
}

/** True where something else finds few; the index on bindings has their states as well. */
function isSelective({ target, caller, binding, breakGlass, standing }: ApprovalQuery): boolean {
  if (binding !== undefined) return false;
  return [target, caller, breakGlass, standing].some((one) => one !== undefined);
}

/** SQLite has no booleans. */
function parametersOf(row: ApprovalRow): object {
  return { ...row, breakGlass: Number(row.breakGlass), standing: Number(row.standing) };
}
