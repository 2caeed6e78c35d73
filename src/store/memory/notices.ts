import type { ApprovalNotice } from '../../model/approval-store.ts';
import { DueTimes } from './due-times.ts';

/** Notices that end with the process. */
export class MemoryNotices {
  readonly #notices = new Map<string, ApprovalNotice>();
  /** Ids by approval. */
  readonly #of = new Map<string, Set<string>>();
  /** By channel. */
  readonly #due = new Map<string, DueTimes>();

  add(notices: readonly ApprovalNotice[]): void {
    for (const notice of notices) {
      const { id, approval } = notice;
      this.#put(notice);
      this.#of.set(approval, (this.#of.get(approval) ?? new Set()).add(id));
    }
  }

  claim(channel: string, now: number, until: number, limit: number): readonly ApprovalNotice[] {
    return this.#dueOf(channel)
      .upTo(now, limit)
      .flatMap((id) => {
        const notice = this.#notices.get(id);
        return notice ? [this.#put({ ...notice, due: until })] : [];
      });
  }

  settle(id: string): void {
    const notice = this.#notices.get(id);
    if (!notice) return;
    const { approval, channel } = notice;
    this.#notices.delete(id);
    this.#dueOf(channel).delete(id);
    const ids = this.#of.get(approval);
    ids?.delete(id);
    if (ids?.size === 0) this.#of.delete(approval);
  }

  postpone(id: string, due: number): void {
    const notice = this.#notices.get(id);
    if (notice) this.#put({ ...notice, due, attempts: notice.attempts + 1 });
  }

  next(channel: string): number | undefined {
    return this.#dueOf(channel).first();
  }

  /** Those of an approval. */
  forget(approval: string): void {
    for (const id of this.#of.get(approval) ?? []) this.settle(id);
  }

  #put(notice: ApprovalNotice): ApprovalNotice {
    this.#notices.set(notice.id, notice);
    this.#dueOf(notice.channel).set(notice.id, notice.due);
    return notice;
  }

  #dueOf(channel: string): DueTimes {
    const due = this.#due.get(channel) ?? new DueTimes();
    this.#due.set(channel, due);
    return due;
  }
}
