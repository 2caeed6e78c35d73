import { Counter, Histogram } from 'prom-client';
import type { Approval } from '../../model/approval.ts';
import {
  type ApprovalNews,
  type ApprovalNotice,
  type ApprovalQuery,
  type ApprovalStore,
  approvalNews,
} from '../../model/approval-store.ts';

/** Seconds that people take: from a glance to days. */
const buckets = [5, 15, 30, 60, 120, 300, 900, 3_600, 14_400, 86_400];

/** A store of approvals that counts what this gate changes in it: added up over all gates, nothing is counted twice. */
export class CountedApprovals implements ApprovalStore {
  readonly #store: ApprovalStore;
  /** What has become of approvals. */
  readonly steps = new Counter({
    name: 'sallyport_approvals_total',
    help: 'Approvals that were asked for, and what has become of them. Each ends as one of denied, expired, cancelled, revoked, used.',
    labelNames: ['news'] as const,
    registers: [],
  });
  /** How long calls wait for people. */
  readonly waits = new Histogram({
    name: 'sallyport_approval_decision_seconds',
    help: 'Time from when an approval was asked for until it was granted or denied.',
    labelNames: ['news'] as const,
    buckets,
    registers: [],
  });

  constructor(store: ApprovalStore) {
    this.#store = store;
    // What has not happened yet is 0, and not unknown.
    for (const news of approvalNews) this.steps.inc({ news }, 0);
  }

  async open(approval: Approval, notices: readonly ApprovalNotice[]): Promise<Approval> {
    const there = await this.#store.open(approval, notices);
    if (there.id === approval.id) this.steps.inc({ news: 'asked' });
    return there;
  }

  async replace(approval: Approval, notices: readonly ApprovalNotice[]): Promise<boolean> {
    const done = await this.#store.replace(approval, notices);
    if (done) this.#count(approval);
    return done;
  }

  get(id: string): Promise<Approval | undefined> {
    return this.#store.get(id);
  }

  withBinding(binding: string): Promise<Approval | undefined> {
    return this.#store.withBinding(binding);
  }

  standing(call: Parameters<ApprovalStore['standing']>[0]): Promise<readonly Approval[]> {
    return this.#store.standing(call);
  }

  list(query: ApprovalQuery): Promise<readonly Approval[]> {
    return this.#store.list(query);
  }

  counts(): ReturnType<ApprovalStore['counts']> {
    return this.#store.counts();
  }

  overdue(now: number, limit: number): Promise<readonly Approval[]> {
    return this.#store.overdue(now, limit);
  }

  nextEnd(): Promise<number | undefined> {
    return this.#store.nextEnd();
  }

  claim(
    channel: string,
    now: number,
    until: number,
    limit: number,
  ): Promise<readonly ApprovalNotice[]> {
    return this.#store.claim(channel, now, until, limit);
  }

  settle(notice: string): Promise<void> {
    return this.#store.settle(notice);
  }

  postpone(notice: string, due: number): Promise<void> {
    return this.#store.postpone(notice, due);
  }

  nextNotice(channel: string): Promise<number | undefined> {
    return this.#store.nextNotice(channel);
  }

  forget(before: number): Promise<boolean> {
    return this.#store.forget(before);
  }

  onChange(listener: (id: string) => void): void {
    this.#store.onChange(listener);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #count(approval: Approval): void {
    const { state, ballots, createdAt, rounds, standing } = approval;
    const last = ballots.at(-1);
    // Further rounds of a call, and further calls of a grant for calls alike, are no news.
    if (rounds !== undefined || (state === 'granted' && (standing?.calls ?? 0) > 0)) return;
    if (last?.breakGlass && (state === 'pending' || state === 'granted')) {
      this.steps.inc({ news: 'broke-glass' });
    }
    if (state === 'pending') return;
    this.steps.inc({ news: state satisfies ApprovalNews });
    if ((state === 'granted' || state === 'denied') && last) {
      this.waits.observe({ news: state }, Math.max(0, last.at - createdAt) / 1_000);
    }
  }
}
