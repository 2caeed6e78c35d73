import Database from 'better-sqlite3';
import type { Approval } from '../../../model/approval.ts';
import type {
  ApprovalBounds,
  ApprovalNotice,
  ApprovalQuery,
  ApprovalStore,
} from '../../../model/approval-store.ts';
import type { GateError } from '../../../model/errors.ts';
import type { Clock, Log } from '../../../model/seams.ts';
import { ApprovalListeners } from '../../approval-listeners.ts';
import { type ApprovalRow, approvalOf, rowOf } from '../../approval-row.ts';
import { approvalsUnavailable } from '../../approvals-bounds.ts';
import { inOwnFile } from '../in-own-file.ts';
import { migrateBy } from '../migrate-by.ts';
import { ApprovalTables } from './approval-tables.ts';
import { approvalMigrations } from './approvals-schema.ts';
import { GroupWriter } from './group-writer.ts';
import { NoticeTable } from './notice-table.ts';

export interface SqliteApprovalsOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds: ApprovalBounds;
  /** What approvals outlive; `process` by default. */
  readonly durability?: 'process' | 'power';
}

/** How long this thread sleeps for somebody else's lock, when it opens the database and later; milliseconds. */
const BUSY_AT_OPEN = 5_000;
const BUSY = 20;

/** Approvals in a SQLite file of their own: they outlive a restart, and a kill. */
export class SqliteApprovals implements ApprovalStore {
  readonly #options: SqliteApprovalsOptions;
  readonly #db: Database.Database;
  readonly #tables: ApprovalTables;
  readonly #notices: NoticeTable;
  readonly #writer: GroupWriter;
  readonly #listeners: ApprovalListeners;
  #closing: Promise<void> | undefined;

  /**
   * Opens, or makes, the database.
   *
   * @throws GateError STORE_UNREADABLE
   */
  constructor(options: SqliteApprovalsOptions) {
    const { path, log, bounds, durability = 'process' } = options;
    this.#options = options;
    this.#listeners = new ApprovalListeners(log);
    this.#db = inOwnFile(path, 'approvals', () => open(path, durability));
    this.#notices = new NoticeTable(this.#db);
    this.#tables = new ApprovalTables(this.#db, { bounds, notices: this.#notices });
    this.#writer = new GroupWriter(this.#db);
  }

  async open(approval: Approval, notices: readonly ApprovalNotice[]): Promise<Approval> {
    const row = rowOf(approval);
    const there = await this.#write(() => this.#tables.open(row, notices));
    if (there) return approvalOf(there);
    this.#listeners.tell(approval.id);
    return approval;
  }

  async replace(approval: Approval, notices: readonly ApprovalNotice[]): Promise<boolean> {
    const row = rowOf(approval);
    const isReplaced = await this.#write(() => this.#tables.replace(row, notices));
    if (isReplaced) this.#listeners.tell(approval.id);
    return isReplaced;
  }

  async get(id: string): Promise<Approval | undefined> {
    return this.#read(() => readable(this.#tables.get(id)));
  }

  async withBinding(binding: string): Promise<Approval | undefined> {
    return this.#read(() => readable(this.#tables.withBinding(binding)));
  }

  async standing(call: Parameters<ApprovalStore['standing']>[0]): Promise<readonly Approval[]> {
    const now = this.#options.clock();
    return this.#read(() => this.#tables.standing(call, now).map(approvalOf));
  }

  async list(query: ApprovalQuery): Promise<readonly Approval[]> {
    return this.#read(() => this.#tables.list(query).map(approvalOf));
  }

  async counts(): Promise<Readonly<Record<'pending' | 'granted', number>>> {
    return this.#read(() => this.#tables.counts());
  }

  async overdue(now: number, limit: number): Promise<readonly Approval[]> {
    return this.#read(() => this.#tables.overdue(now, limit).map(approvalOf));
  }

  async nextEnd(): Promise<number | undefined> {
    return this.#read(() => this.#tables.nextEnd());
  }

  claim(
    channel: string,
    now: number,
    until: number,
    limit: number,
  ): Promise<readonly ApprovalNotice[]> {
    return this.#write(() => this.#notices.claim(channel, now, until, limit));
  }

  settle(notice: string): Promise<void> {
    return this.#write(() => this.#notices.settle(notice));
  }

  postpone(notice: string, due: number): Promise<void> {
    return this.#write(() => this.#notices.postpone(notice, due));
  }

  async nextNotice(channel: string): Promise<number | undefined> {
    return this.#read(() => this.#notices.next(channel));
  }

  forget(before: number): Promise<boolean> {
    return this.#write(() => this.#tables.forget(before));
  }

  onChange(listener: (id: string) => void): void {
    this.#listeners.add(listener);
  }

  /** What has been asked for is written before. */
  async close(): Promise<void> {
    this.#closing ??= this.#writer.idle().then(() => {
      this.#db.close();
    });
    await this.#closing;
  }

  async #write<Result>(run: () => Result): Promise<Result> {
    if (this.#closing) throw closed();
    try {
      return await this.#writer.write(run);
    } catch (error) {
      throw approvalsUnavailable(error);
    }
  }

  #read<Result>(read: () => Result): Result {
    if (this.#closing) throw closed();
    try {
      return read();
    } catch (error) {
      throw approvalsUnavailable(error);
    }
  }
}

function open(path: string, durability: 'process' | 'power'): Database.Database {
  const db = new Database(path, { timeout: BUSY_AT_OPEN });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    migrateBy(approvalMigrations, db);
    db.pragma(`busy_timeout = ${BUSY}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function readable(row: Pick<ApprovalRow, 'call' | 'rest'> | undefined): Approval | undefined {
  return row && approvalOf(row);
}

function closed(): GateError {
  return approvalsUnavailable(new Error('the store of approvals is closed'));
}
