import type { Database } from 'better-sqlite3';
import type { ApprovalNotice } from '../../../model/approval-store.ts';

/** The statements on the table of notices. */
export class NoticeTable {
  readonly #insert;
  readonly #due;
  readonly #claim;
  readonly #settle;
  readonly #postpone;
  readonly #next;
  readonly #forget;

  constructor(db: Database) {
    this.#insert = db.prepare<[object]>(
      `INSERT INTO notice (id, approval, channel, news, attempts, due)
       VALUES ($id, $approval, $channel, $news, $attempts, $due)`,
    );
    this.#due = db
      .prepare<[string, number, number], string>(
        'SELECT id FROM notice WHERE channel = ? AND due <= ? ORDER BY due, id LIMIT ?',
      )
      .pluck();
    this.#claim = db.prepare<[number, string], ApprovalNotice>(
      `UPDATE notice SET due = ? WHERE id = ?
       RETURNING id, approval, channel, news, attempts, due`,
    );
    this.#settle = db.prepare<[string]>('DELETE FROM notice WHERE id = ?');
    this.#postpone = db.prepare<[number, string]>(
      'UPDATE notice SET due = ?, attempts = attempts + 1 WHERE id = ?',
    );
    this.#next = db
      .prepare<[string], number | null>('SELECT min(due) FROM notice WHERE channel = ?')
      .pluck();
    this.#forget = db.prepare<[string]>('DELETE FROM notice WHERE approval = ?');
  }

  add(notices: readonly ApprovalNotice[]): void {
    for (const notice of notices) this.#insert.run(notice);
  }

  claim(channel: string, now: number, until: number, limit: number): readonly ApprovalNotice[] {
    return this.#due.all(channel, now, limit).flatMap((id) => this.#claim.get(until, id) ?? []);
  }

  settle(notice: string): void {
    this.#settle.run(notice);
  }

  postpone(notice: string, due: number): void {
    this.#postpone.run(due, notice);
  }

  next(channel: string): number | undefined {
    return this.#next.get(channel) ?? undefined;
  }

  /** Those of an approval. */
  forget(approval: string): void {
    this.#forget.run(approval);
  }
}
