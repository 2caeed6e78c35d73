import { randomUUID } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import type { Approval } from '../../model/approval.ts';
import type {
  ApprovalBounds,
  ApprovalNotice,
  ApprovalQuery,
  ApprovalStore,
} from '../../model/approval-store.ts';
import { GateError } from '../../model/errors.ts';
import type { Clock, Log } from '../../model/seams.ts';
import { ApprovalListeners } from '../approval-listeners.ts';
import { type ApprovalRow, approvalOf, columnText, rowOf } from '../approval-row.ts';
import {
  approvalsFull,
  approvalsOfCallerFull,
  approvalsUnavailable,
  FORGOTTEN,
  MAX_STANDING,
} from '../approvals-bounds.ts';
import { approvalList } from './approval-list.ts';
import { approvalsSchema } from './approvals-schema.ts';
import { ChangeFeed } from './change-feed.ts';
import { PostgresDatabase } from './database.ts';

export interface PostgresApprovalsOptions {
  /** `postgres://user:password@host/database?sslmode=verify-full`; a left-out password is that of PGPASSWORD. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds: ApprovalBounds;
}

/** How long to wait for a connection that is free, where many ask at once, and for an answer; milliseconds. */
const CONNECT = 10_000;
const ANSWER = 5_000;

type Texts = Pick<ApprovalRow, 'call' | 'rest'>;

const OPEN = `SELECT outcome, call, rest FROM sallyport_approval_open_1(
  ${Array.from({ length: 23 }, (_, index) => `$${index + 1}`)})`;
// The row that comes back says that it was replaced.
const REPLACE = `
  WITH changed AS (
    UPDATE sallyport_approval SET version = $2::int, state = $3, break_glass = $5, standing = $6,
      ends = $7, ended_at = $8, rest = $9, changed = clock_timestamp(), changed_by = $10
    WHERE id = $1 AND version = $2::int - 1 AND binding = $4 RETURNING id),
  told AS (
    INSERT INTO sallyport_approval_notice (id, approval, channel, news, attempts, due)
      SELECT n.id, changed.id, n.channel, n.news, n.attempts, n.due
      FROM changed,
        unnest($11::text[], $12::text[], $13::text[], $14::int[], $15::float8[])
          AS n (id, channel, news, attempts, due))
  SELECT pg_notify('sallyport_approvals', $10::text || ' ' || id) FROM changed`;
const READ = 'SELECT call, rest FROM sallyport_approval';
const STANDING = `${READ}
  WHERE left(sub, 200) = left($2::text, 200) AND left(target, 200) = left($5::text, 200)
    AND issuer = $1 AND sub = $2::text AND upstream = $3 AND method = $4 AND target = $5::text
    AND standing AND state = 'granted' AND ends > $6
  ORDER BY id DESC LIMIT ${MAX_STANDING}`;
const CLAIM = `
  WITH due AS (
    SELECT id, due FROM sallyport_approval_notice WHERE channel = $1 AND due <= $2
    ORDER BY due, id LIMIT $4 FOR UPDATE SKIP LOCKED),
  taken AS (
    UPDATE sallyport_approval_notice n SET due = $3 FROM due WHERE n.id = due.id
    RETURNING n.id, n.approval, n.channel, n.news, n.attempts, n.due, due.due AS was)
  SELECT id, approval, channel, news, attempts, due FROM taken ORDER BY was, id`;
const FORGET = `
  WITH gone AS (
    DELETE FROM sallyport_approval WHERE id IN (
      SELECT id FROM sallyport_approval WHERE ended_at < $1 ORDER BY ended_at LIMIT $2
      FOR UPDATE SKIP LOCKED)
    RETURNING id),
  told AS (DELETE FROM sallyport_approval_notice WHERE approval IN (SELECT id FROM gone))
  SELECT count(*)::int AS forgotten FROM gone`;

/**
 * Approvals in PostgreSQL, for all gates that share the database: each is written in one statement, and the other gates
 * hear of it by NOTIFY. While the database can't be reached, everything rejects.
 */
export class PostgresApprovals implements ApprovalStore {
  readonly #options: PostgresApprovalsOptions;
  readonly #database: PostgresDatabase;
  readonly #listeners: ApprovalListeners;
  /** Names this store among those that write to the database. */
  readonly #gate = randomUUID();
  #feed: ChangeFeed | undefined;
  #closed = false;

  constructor(options: PostgresApprovalsOptions) {
    const { url, log } = options;
    this.#options = options;
    this.#listeners = new ApprovalListeners(log);
    this.#database = new PostgresDatabase({
      ...{ url, log, what: 'the approvals', schema: approvalsSchema },
      ...{ connect: CONNECT, answer: ANSWER },
    });
  }

  async open(approval: Approval, notices: readonly ApprovalNotice[]): Promise<Approval> {
    const { max, maxPerCaller } = this.#options.bounds;
    const row = rowOf(approval);
    const [found] = await this.#query<{ outcome: string } & Texts>(OPEN, [
      ...[this.#gate, max, maxPerCaller],
      ...[row.id, row.version, row.state, row.binding, row.issuer, row.sub, row.upstream],
      ...[row.method, row.target, row.breakGlass, row.standing, row.ends, row.endedAt],
      ...[row.call, row.rest],
      ...columnsOf(notices),
    ]);
    switch (found?.outcome) {
      case 'opened':
        this.#listeners.tell(approval.id);
        return approval;
      case 'there':
        return approvalOf(found);
      case 'full':
        throw approvalsFull(max);
      case 'full of caller':
        throw approvalsOfCallerFull(maxPerCaller);
      default:
        throw approvalsUnavailable(new Error('the database did not say what it has done'));
    }
  }

  async replace(approval: Approval, notices: readonly ApprovalNotice[]): Promise<boolean> {
    const row = rowOf(approval);
    const replaced = await this.#query(REPLACE, [
      ...[row.id, row.version, row.state, row.binding, row.breakGlass, row.standing],
      ...[row.ends, row.endedAt, row.rest, this.#gate],
      ...columnsOf(notices),
    ]);
    if (replaced.length === 0) return false;
    this.#listeners.tell(approval.id);
    return true;
  }

  async get(id: string): Promise<Approval | undefined> {
    const [found] = await this.#approvals(`${READ} WHERE id = $1`, [columnText(id)]);
    return found;
  }

  async withBinding(binding: string): Promise<Approval | undefined> {
    const sql = `${READ} WHERE binding = $1 AND ends IS NOT NULL`;
    const [found] = await this.#approvals(sql, [columnText(binding)]);
    return found;
  }

  standing(call: Parameters<ApprovalStore['standing']>[0]): Promise<readonly Approval[]> {
    const { issuer, sub, upstream, method, target } = call;
    const texts = [issuer, sub, upstream, method, target].map(columnText);
    return this.#approvals(STANDING, [...texts, this.#options.clock()]);
  }

  list(query: ApprovalQuery): Promise<readonly Approval[]> {
    const { sql, values } = approvalList(query);
    return this.#approvals(sql, values);
  }

  async counts(): Promise<Readonly<Record<'pending' | 'granted', number>>> {
    const sql = 'SELECT pending, granted FROM sallyport_open_approvals';
    const [found] = await this.#query<{ pending: number; granted: number }>(sql, []);
    return { pending: found?.pending ?? 0, granted: found?.granted ?? 0 };
  }

  overdue(now: number, limit: number): Promise<readonly Approval[]> {
    return this.#approvals(`${READ} WHERE ends <= $1 ORDER BY ends, id LIMIT $2`, [now, limit]);
  }

  nextEnd(): Promise<number | undefined> {
    return this.#time('SELECT min(ends) AS time FROM sallyport_approval', []);
  }

  claim(
    channel: string,
    now: number,
    until: number,
    limit: number,
  ): Promise<readonly ApprovalNotice[]> {
    return this.#query<ApprovalNotice>(CLAIM, [channel, now, until, limit]);
  }

  async settle(notice: string): Promise<void> {
    await this.#query('DELETE FROM sallyport_approval_notice WHERE id = $1', [notice]);
  }

  async postpone(notice: string, due: number): Promise<void> {
    const sql = `UPDATE sallyport_approval_notice SET due = $2, attempts = attempts + 1
      WHERE id = $1`;
    await this.#query(sql, [notice, due]);
  }

  nextNotice(channel: string): Promise<number | undefined> {
    const sql = 'SELECT min(due) AS time FROM sallyport_approval_notice WHERE channel = $1';
    return this.#time(sql, [channel]);
  }

  async forget(before: number): Promise<boolean> {
    const [found] = await this.#query<{ forgotten: number }>(FORGET, [before, FORGOTTEN]);
    return found?.forgotten === FORGOTTEN;
  }

  onChange(listener: (id: string) => void): void {
    this.#listeners.add(listener);
    if (this.#closed) return;
    const { url, log } = this.#options;
    this.#feed ??= new ChangeFeed({
      ...{ url, log, gate: this.#gate },
      prepared: () => this.#database.prepared(),
      onChange: (id) => this.#listeners.tell(id),
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#feed?.close(), this.#database.close()]);
  }

  async #approvals(sql: string, values: readonly unknown[]): Promise<readonly Approval[]> {
    return (await this.#query<Texts>(sql, values)).map(approvalOf);
  }

  async #time(sql: string, values: readonly unknown[]): Promise<number | undefined> {
    const [found] = await this.#query<{ time: number | null }>(sql, values);
    return found?.time ?? undefined;
  }

  async #query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await this.#database.query<Row & QueryResultRow>(sql, values)).rows;
    } catch (error) {
      throw error instanceof GateError ? error : approvalsUnavailable(error);
    }
  }
}

function columnsOf(notices: readonly ApprovalNotice[]): unknown[] {
  return [
    notices.map(({ id }) => id),
    notices.map(({ channel }) => channel),
    notices.map(({ news }) => news),
    notices.map(({ attempts }) => attempts),
    notices.map(({ due }) => due),
  ];
}
