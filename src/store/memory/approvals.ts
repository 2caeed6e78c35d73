import { type Approval, endOf } from '../../model/approval.ts';
import type {
  ApprovalBounds,
  ApprovalNotice,
  ApprovalQuery,
  ApprovalStore,
} from '../../model/approval-store.ts';
import type { Clock, Log } from '../../model/seams.ts';
import { ApprovalListeners } from '../approval-listeners.ts';
import { approvalOf, rowOf } from '../approval-row.ts';
import {
  approvalsFull,
  approvalsOfCallerFull,
  approvalsUnavailable,
  FORGOTTEN,
  MAX_STANDING,
} from '../approvals-bounds.ts';
import { DueTimes } from './due-times.ts';
import { MemoryNotices } from './notices.ts';

export interface MemoryApprovalsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds: ApprovalBounds;
}

/** Approvals that end with the process. */
export class MemoryApprovals implements ApprovalStore {
  readonly #options: MemoryApprovalsOptions;
  readonly #approvals = new Map<string, Approval>();
  /** In the order of time. */
  readonly #ids: string[] = [];
  /** Id of the open one, by binding. */
  readonly #open = new Map<string, string>();
  /** Ids of the open ones, by caller. */
  readonly #openOf = new Map<string, Set<string>>();
  /** Ids of those that were denied, in the order of time, by binding. */
  readonly #denied = new Map<string, string[]>();
  readonly #counts = { pending: 0, granted: 0 };
  readonly #ends = new DueTimes();
  readonly #ended = new DueTimes();
  readonly #notices = new MemoryNotices();
  readonly #listeners: ApprovalListeners;
  #closed = false;

  constructor(options: MemoryApprovalsOptions) {
    this.#options = options;
    this.#listeners = new ApprovalListeners(options.log);
  }

  async open(approval: Approval, notices: readonly ApprovalNotice[]): Promise<Approval> {
    this.#check();
    const there = this.#openWith(approval.binding);
    if (there) return there;
    if (this.#approvals.has(approval.id)) throw approvalsUnavailable(new Error('an id is taken'));
    this.#makeSure(approval);
    this.#ids.splice(placeOf(this.#ids, approval.id), 0, approval.id);
    this.#put(approvalOf(rowOf(approval)), notices);
    return approval;
  }

  async replace(approval: Approval, notices: readonly ApprovalNotice[]): Promise<boolean> {
    this.#check();
    const former = this.#approvals.get(approval.id);
    if (former?.version !== approval.version - 1) return false;
    if (former.binding !== approval.binding) return false;
    this.#drop(former);
    const { rest } = rowOf(approval);
    this.#put({ ...approvalOf({ call: '{}', rest }), call: former.call }, notices);
    return true;
  }

  async get(id: string): Promise<Approval | undefined> {
    this.#check();
    return this.#approvals.get(id);
  }

  async withBinding(binding: string): Promise<Approval | undefined> {
    this.#check();
    return this.#openWith(binding);
  }

  async standing(call: Parameters<ApprovalStore['standing']>[0]): Promise<readonly Approval[]> {
    this.#check();
    const now = this.#options.clock();
    const open = [...(this.#openOf.get(callerKey(call)) ?? [])].sort().reverse();
    return open
      .flatMap((id) => this.#approvals.get(id) ?? [])
      .filter(({ state, standing, call: asked }) => {
        if (state !== 'granted' || !standing || standing.until <= now) return false;
        const { upstream, method, target } = asked;
        return upstream === call.upstream && method === call.method && target === call.target;
      })
      .slice(0, MAX_STANDING);
  }

  async list(query: ApprovalQuery): Promise<readonly Approval[]> {
    this.#check();
    const found: Approval[] = [];
    const { before, limit } = query;
    const ids = this.#idsFor(query);
    let at = before === undefined ? ids.length : placeOf(ids, before);
    while (at-- > 0 && found.length < limit) {
      const approval = this.#approvals.get(ids[at] ?? '');
      if (approval && fits(approval, query)) found.push(approval);
    }
    return found;
  }

  async counts(): Promise<Readonly<Record<'pending' | 'granted', number>>> {
    this.#check();
    return { ...this.#counts };
  }

  async overdue(now: number, limit: number): Promise<readonly Approval[]> {
    this.#check();
    return this.#ends.upTo(now, limit).flatMap((id) => this.#approvals.get(id) ?? []);
  }

  async nextEnd(): Promise<number | undefined> {
    this.#check();
    return this.#ends.first();
  }

  async claim(
    channel: string,
    now: number,
    until: number,
    limit: number,
  ): Promise<readonly ApprovalNotice[]> {
    this.#check();
    return this.#notices.claim(channel, now, until, limit);
  }

  async settle(notice: string): Promise<void> {
    this.#check();
    this.#notices.settle(notice);
  }

  async postpone(notice: string, due: number): Promise<void> {
    this.#check();
    this.#notices.postpone(notice, due);
  }

  async nextNotice(channel: string): Promise<number | undefined> {
    this.#check();
    return this.#notices.next(channel);
  }

  async forget(before: number): Promise<boolean> {
    this.#check();
    const old = this.#ended.upTo(before, FORGOTTEN).filter((id) => {
      return (this.#approvals.get(id)?.endedAt ?? before) < before;
    });
    for (const id of old) {
      without(this.#denied, this.#approvals.get(id)?.binding ?? '', id);
      this.#approvals.delete(id);
      this.#ids.splice(placeOf(this.#ids, id), 1);
      this.#ended.delete(id);
      this.#notices.forget(id);
    }
    return old.length === FORGOTTEN;
  }

  onChange(listener: (id: string) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#approvals.clear();
  }

  /** Those that a query can be for, in the order of time. */
  #idsFor({ states, binding }: ApprovalQuery): readonly string[] {
    const isOfDenied = states?.every((state) => state === 'denied');
    return isOfDenied && binding !== undefined ? (this.#denied.get(binding) ?? []) : this.#ids;
  }

  #openWith(binding: string): Approval | undefined {
    const id = this.#open.get(binding);
    return id === undefined ? undefined : this.#approvals.get(id);
  }

  #makeSure({ call }: Approval): void {
    const { max, maxPerCaller } = this.#options.bounds;
    if (this.#counts.pending >= max) throw approvalsFull(max);
    let pending = 0;
    for (const id of this.#openOf.get(callerKey(call.caller)) ?? []) {
      if (this.#approvals.get(id)?.state === 'pending') pending++;
    }
    if (pending >= maxPerCaller) throw approvalsOfCallerFull(maxPerCaller);
  }

  #put(approval: Approval, notices: readonly ApprovalNotice[]): void {
    const { id, state, endedAt } = approval;
    this.#approvals.set(id, approval);
    const end = endOf(approval);
    if (end !== undefined && (state === 'pending' || state === 'granted')) {
      this.#counts[state]++;
      this.#open.set(approval.binding, id);
      this.#ends.set(id, end);
      const key = callerKey(approval.call.caller);
      this.#openOf.set(key, (this.#openOf.get(key) ?? new Set()).add(id));
    }
    if (endedAt !== undefined) this.#ended.set(id, endedAt);
    if (state === 'denied') {
      const ids = this.#denied.get(approval.binding) ?? [];
      ids.splice(placeOf(ids, id), 0, id);
      this.#denied.set(approval.binding, ids);
    }
    this.#notices.add(notices);
    this.#listeners.tell(id);
  }

  /** Undoes {@link #put}, but for what it was. */
  #drop({ id, state, binding, call }: Approval): void {
    without(this.#denied, binding, id);
    if (state !== 'pending' && state !== 'granted') return;
    this.#counts[state]--;
    this.#open.delete(binding);
    this.#ends.delete(id);
    const key = callerKey(call.caller);
    const ids = this.#openOf.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#openOf.delete(key);
  }

  #check(): void {
    if (this.#closed) throw approvalsUnavailable(new Error('the store of approvals is closed'));
  }
}

function callerKey({ issuer, sub }: { readonly issuer: string; readonly sub: string }): string {
  return JSON.stringify([issuer, sub]);
}

/** Takes an id out of those of a key. */
function without(map: Map<string, string[]>, key: string, id: string): void {
  const ids = map.get(key) ?? [];
  const at = placeOf(ids, id);
  if (ids[at] === id) ids.splice(at, 1);
  if (ids.length === 0) map.delete(key);
}

/** Where an id is, or would be. */
function placeOf(ids: readonly string[], id: string): number {
  let [from, to] = [0, ids.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ids[middle] ?? '') < id) from = middle + 1;
    else to = middle;
  }
  return from;
}

function fits(
  { state, binding, call, ballots, standing }: Approval,
  query: ApprovalQuery,
): boolean {
  const { states, upstream, target, caller, breakGlass } = query;
  return (
    (states === undefined || states.includes(state)) &&
    (upstream === undefined || call.upstream === upstream) &&
    (target === undefined || call.target === target) &&
    (caller === undefined || call.caller.sub === caller) &&
    (query.binding === undefined || binding === query.binding) &&
    (breakGlass === undefined || ballots.some((ballot) => ballot.breakGlass === true)) &&
    (query.standing === undefined || standing !== undefined)
  );
}
