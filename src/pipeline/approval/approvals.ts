import {
  type Approval,
  type ApprovalDemand,
  type ApprovalPerson,
  type ApprovalState,
  type AskedCall,
  type Ballot,
  isOpen,
} from '../../model/approval.ts';
import type { ApprovalQuery, ApprovalStore } from '../../model/approval-store.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Clock, Log, Recorder } from '../../model/seams.ts';
import type { TranscriptBatch } from '../../model/transcript.ts';
import { newId } from '../new-id.ts';
import { ballotOf, type Decider, reasonOf, type Verdict } from './ballot.ts';
import { Deadlines } from './deadlines.ts';
import { asksTheSame } from './demands.ts';
import { GivenUp } from './given-up.ts';
import { noticesOf } from './news.ts';
import { type ApprovalRequest, opened } from './opened.ts';
import { busy, hasEnded, outdated, unknown } from './refused.ts';
import { covers } from './standing.ts';
import {
  answered,
  closed,
  counted,
  type Ending,
  isCounted,
  isOverdue,
  outOfTime,
  type Step,
  taken,
} from './step.ts';
import { StepJournal } from './step-journal.ts';
import { type StepName, together } from './step-record.ts';
import { Turns } from './turns.ts';
import { Waiters } from './waiters.ts';

export type { Decider, Verdict } from './ballot.ts';
export type { ApprovalRequest } from './opened.ts';

export interface ApprovalsOptions {
  readonly store: ApprovalStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where each step is recorded that no call takes. */
  readonly recorder: Recorder;
  /** A yes counts only where its transcript can be written; left out: true. */
  readonly required?: boolean;
  /** What a rule asks for now; undefined where it is gone, or asks for nothing. */
  readonly demandOf: (rule: string) => ApprovalDemand | undefined;
  readonly revision: () => string;
  /** Names of the configured channels. */
  readonly channels: readonly string[];
  /** Milliseconds for which those that have ended are kept. */
  readonly keep: number;
}

/** How often a change is tried that other gates get ahead of. */
const MAX_TRIES = 64;
/** Milliseconds until a store that failed is asked again what calls wait for. */
const RETRY = 500;
const OUTDATED = 'the policy has changed';

/** How an approval ends without a call. */
interface End {
  readonly name: StepName;
  readonly state: Ending;
  readonly reason: string;
  /** States that it may end from. */
  readonly from: readonly ApprovalState[];
  readonly by?: ApprovalPerson;
  readonly via?: string;
}

/**
 * Approvals of all calls: what the hold stage asks for, what people decide, and when it is over. What it knows is in the
 * store, so any number of gates may share one, and each of its methods rejects with GateError APPROVALS_UNAVAILABLE
 * where the store can't be used.
 */
export class Approvals {
  readonly #options: ApprovalsOptions;
  readonly #waiters = new Waiters();
  readonly #turns = new Turns();
  readonly #givenUp = new GivenUp();
  readonly #deadlines: Deadlines;
  readonly #journal: StepJournal;
  #stopping = false;

  constructor(options: ApprovalsOptions) {
    this.#options = options;
    const { store, clock, log, keep } = options;
    const expire = ({ id }: Approval) => this.#expire(id);
    this.#journal = new StepJournal(options);
    this.#deadlines = new Deadlines({ store, clock, log, keep, expire });
    store.onChange((id) => {
      this.#deadlines.changed();
      void this.#look(id);
    });
  }

  /**
   * The open approval of a call; a new one where there is none, or the rules ask for something else by now.
   *
   * @throws GateError APPROVAL_TOO_LARGE, APPROVALS_FULL
   */
  async ask(request: ApprovalRequest): Promise<Approval> {
    const full = this.#givenUp.refusal(request.call.caller, this.#now());
    if (full && !(await this.#options.store.withBinding(request.binding))) throw full;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const now = this.#now();
      const asked: Step = { to: opened(request, newId(), now), news: 'asked' };
      const there = await this.#options.store.open(asked.to, this.#notices(asked, now));
      if (there.id === asked.to.id) return there;
      if (isOverdue(there, now)) await this.#expire(there.id);
      else if (asksTheSame(there.demands, request.demands)) return there;
      else await this.withdraw(there.id, 'revoked', OUTDATED);
    }
    throw busy();
  }

  /**
   * Takes a grant for a call: once, whoever tries.
   *
   * @param exchange that makes the call
   * @returns as it is now; undefined where it is not granted, or taken
   */
  take(id: string, exchange: string): Promise<Approval | undefined> {
    return this.#change(id, (approval, now) => taken(approval, exchange, now));
  }

  /**
   * Counts that the upstream of a taken call has asked for more, and was answered.
   *
   * @param round how many were answered before, as the state says that the client brings back
   * @returns false where that round was answered before, or the call was never made
   */
  async nextRound(id: string, round: number): Promise<boolean> {
    return (await this.#change(id, (approval) => answered(approval, round))) !== undefined;
  }

  /**
   * Grants for calls alike that cover a call: in force, and of all that the rules ask for this very call.
   *
   * @param demands what they ask for. One call alike may match a rule that the approved one did not.
   * @param resumed the approval by which the call was made that this one goes on with
   */
  async standing(
    call: AskedCall,
    demands: readonly ApprovalDemand[],
    resumed?: string,
  ): Promise<readonly Approval[]> {
    const { caller, upstream, method, target } = call;
    const { issuer, sub } = caller;
    const now = this.#now();
    const found = await this.#options.store.standing({ issuer, sub, upstream, method, target });
    return found.filter((approval) => {
      if (approval.state !== 'granted' || isOverdue(approval, now)) return false;
      const isAsked = asksTheSame(approval.demands, demands) && !this.isOutdated(approval);
      return isAsked && covers(approval, call, approval.id === resumed);
    });
  }

  /**
   * Waits until an approval is no longer pending, its policy has changed, the time is over or the signal is aborted; of
   * several that wait for one, the last that came goes first.
   *
   * @param until milliseconds since the epoch
   */
  async wait(id: string, until: number, signal: AbortSignal): Promise<void> {
    if (this.#stopping || signal.aborted) return;
    const { clock, store } = this.#options;
    // It waits before it looks: what changes in between would wake nobody.
    const waiter = this.#waiters.add(id, until - clock(), signal);
    try {
      const approval = await store.get(id);
      if (approval?.state !== 'pending') waiter.wake();
      else if (approval.expiresAt < until) waiter.endBy(approval.expiresAt - clock());
    } catch (error) {
      waiter.wake();
      throw error;
    }
    await waiter.over;
  }

  /** The caller has given the call up: it is cancelled, unless somebody has decided or others here wait. Never rejects. */
  async cancel(id: string, reason: string): Promise<void> {
    if (this.#waiters.has(id)) return;
    try {
      const approval = await this.#options.store.get(id);
      if (!approval) return;
      const by = approval.call.caller;
      await this.#end(id, { name: 'cancel', state: 'cancelled', reason, from: ['pending'], by });
    } catch (error) {
      const fields = { approval: id, cause: messageOf(error) };
      this.#options.log.warn(fields, 'an approval that nobody waits for could not be cancelled');
    }
  }

  /**
   * The caller takes the call back, whoever waits.
   *
   * @throws GateError APPROVAL_UNKNOWN, APPROVAL_NOT_YOURS, APPROVAL_ENDED, APPROVAL_REASON
   */
  async giveUp(id: string, by: ApprovalPerson, reason: string, via: string): Promise<Approval> {
    const { call } = await this.#known(id);
    if (call.caller.issuer !== by.issuer || call.caller.sub !== by.sub) {
      throw new GateError('APPROVAL_NOT_YOURS', 'only the caller can give the call up');
    }
    const why = reasonOf(reason) ?? 'the caller has taken the call back';
    const end = { name: 'cancel', state: 'cancelled', reason: why, by, via } as const;
    return this.#endOrThrow(id, { ...end, from: ['pending', 'granted'] });
  }

  /** The gate itself takes back a question or a grant: the policy in force has no place for it. */
  async withdraw(id: string, state: 'cancelled' | 'revoked', reason: string): Promise<void> {
    const name = state === 'cancelled' ? 'cancel' : 'revoke';
    await this.#end(id, { name, state, reason, from: ['pending', 'granted'] });
  }

  /** An approval as it is now; one whose time is over has expired. */
  async get(id: string): Promise<Approval | undefined> {
    const approval = await this.#options.store.get(id);
    if (!approval || !isOverdue(approval, this.#now())) return approval;
    return (await this.#expire(id)) ?? this.#options.store.get(id);
  }

  list(query: ApprovalQuery): Promise<readonly Approval[]> {
    return this.#options.store.list(query);
  }

  /** True where the rules ask for something else than they did. */
  isOutdated({ demands }: Pick<Approval, 'demands'>): boolean {
    const now = demands.flatMap(({ rule }) => this.#options.demandOf(rule) ?? []);
    return !asksTheSame(demands, now);
  }

  /**
   * Counts what somebody decides. Whatever is refused is recorded as well.
   *
   * @throws GateError APPROVAL_…; STORE_UNAVAILABLE where a yes could not be recorded
   */
  async decide(id: string, verdict: Verdict, decider: Decider): Promise<Approval> {
    const approval = await this.#known(id);
    const record = this.#journal.begin(verdict.verdict, approval, decider, verdict.via);
    const opening = record.opened();
    // No yes takes effect of which nothing is known: it is written down first.
    let isWritten = false;
    const note = (rest: TranscriptBatch) =>
      this.#journal.note(isWritten ? rest : together(opening, rest));
    try {
      if (isCounted(approval, this.#ballot(approval, verdict, decider))) return approval;
      if (verdict.verdict === 'approve') {
        await this.#journal.require(opening);
        isWritten = true;
      }
      const { to, ballot } = await this.#count(id, verdict, decider);
      await note(record.resolved(to, ballot));
      return to;
    } catch (error) {
      if (!(error instanceof GateError) || error.code === 'STORE_UNAVAILABLE') throw error;
      if (error.code === 'APPROVAL_OUTDATED') await this.withdraw(id, 'revoked', OUTDATED);
      await note(record.failed(error));
      throw error;
    }
  }

  /**
   * Takes back a grant that has not been used, or a question.
   *
   * @throws GateError APPROVAL_UNKNOWN, APPROVAL_ENDED, APPROVAL_REASON
   */
  async revoke(id: string, by: ApprovalPerson, reason: string, via: string): Promise<Approval> {
    const why = reasonOf(reason);
    if (why === undefined) throw new GateError('APPROVAL_REASON', 'say why it is taken back');
    const end = { name: 'revoke', state: 'revoked', reason: why, by, via } as const;
    return this.#endOrThrow(id, { ...end, from: ['pending', 'granted'] });
  }

  /** No call is held any longer: each client is told to call again. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Another policy is in force: whoever waits is judged again. */
  policyChanged(): void {
    this.#waiters.wakeInSlices();
  }

  /** Begins to look after what expires. */
  start(): void {
    this.#deadlines.start();
  }

  /** Lets go of all that wait. Resolves once nothing is under way that needs the store, but for calls. */
  stop(): Promise<void> {
    this.#stopping = true;
    this.#waiters.wakeInSlices();
    return this.#deadlines.stop();
  }

  /** What a decision counts for, where it counts. */
  #ballot(approval: Approval, verdict: Verdict, decider: Decider): Ballot {
    const now = this.#now();
    if (isOverdue(approval, now)) throw hasEnded({ state: 'expired' });
    const ballot = ballotOf(approval, verdict, decider, now);
    if (this.isOutdated(approval)) throw outdated();
    return ballot;
  }

  /** Counts a decision for the approval as it is by then. */
  async #count(id: string, verdict: Verdict, decider: Decider) {
    let ballot: Ballot | undefined;
    const to = await this.#change(id, (approval) => {
      ballot = this.#ballot(approval, verdict, decider);
      return counted(approval, ballot);
    });
    if (!to) throw unknown(id);
    return { to, ballot };
  }

  async #known(id: string): Promise<Approval> {
    const approval = await this.get(id);
    if (!approval) throw unknown(id);
    return approval;
  }

  async #endOrThrow(id: string, end: End): Promise<Approval> {
    const before = await this.#known(id);
    if (!isOpen(before)) throw hasEnded(before);
    const after = await this.#end(id, end);
    if (after) return after;
    throw hasEnded(await this.#known(id));
  }

  /** Ends an approval; undefined where it is in none of the states that it may end from. */
  async #end(id: string, end: End): Promise<Approval | undefined> {
    const { state, reason, from, name, by, via } = end;
    const after = await this.#change(id, (approval, now) => {
      if (!from.includes(approval.state) || isOverdue(approval, now)) return undefined;
      return closed(approval, state, now, reason);
    });
    if (after && name === 'cancel' && by) this.#givenUp.note(after, this.#now());
    return after && this.#noteEnd(after, name, by, via);
  }

  async #expire(id: string): Promise<Approval | undefined> {
    const after = await this.#change(id, outOfTime);
    return after && this.#noteEnd(after, 'expire');
  }

  async #noteEnd(after: Approval, name: StepName, by?: ApprovalPerson, via?: string) {
    const record = this.#journal.begin(name, after, by, via);
    await this.#journal.note(together(record.opened(), record.resolved(after)));
    return after;
  }

  /** Changes an approval by compare-and-set; undefined where there is none, or the step wants no change. */
  #change(
    id: string,
    step: (approval: Approval, now: number) => Step | undefined,
  ): Promise<Approval | undefined> {
    const { store } = this.#options;
    return this.#turns.run(id, async () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const before = await store.get(id);
        const now = this.#now();
        const change = before && step(before, now);
        if (!change) return undefined;
        if (await store.replace(change.to, this.#notices(change, now))) return change.to;
      }
      throw busy();
    });
  }

  #notices({ to, news }: Step, now: number) {
    return news ? noticesOf(to, news, this.#options.channels, now) : [];
  }

  /** Wakes calls that wait for an approval which has changed. */
  async #look(id: string): Promise<void> {
    if (!this.#waiters.has(id)) return;
    try {
      const approval = await this.#options.store.get(id);
      if (approval?.state === 'pending') return;
      if (approval?.state === 'granted' && !approval.standing) {
        this.#waiters.wakeNewest(id, () => void this.#look(id));
      } else this.#waiters.wakeAll(id);
    } catch (error) {
      const fields = { code: 'APPROVALS_UNAVAILABLE', approval: id, cause: messageOf(error) };
      this.#options.log.warn(fields, 'calls that wait could not be told of a decision yet');
      setTimeout(() => void this.#look(id), RETRY).unref();
    }
  }

  /** Whole milliseconds, as databases keep them. */
  #now(): number {
    return Math.floor(this.#options.clock());
  }
}
