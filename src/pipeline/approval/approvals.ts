import type {
  Approval,
  ApprovalDemand,
  ApprovalPerson,
  AskedCall,
  StandingGrant,
} from '../../model/approval.ts';
import type { ApprovalBounds, ApprovalQuery, ApprovalStore } from '../../model/approval-store.ts';
import type { Clock, Log, Recorder } from '../../model/seams.ts';

export interface ApprovalsOptions {
  readonly store: ApprovalStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where each step is recorded that no call takes. */
  readonly recorder: Recorder;
  /** What a rule asks for now; undefined where it is gone, or asks for nothing. */
  readonly demandOf: (rule: string) => ApprovalDemand | undefined;
  readonly revision: () => string;
  /** Names of the configured channels. */
  readonly channels: readonly string[];
  readonly bounds: ApprovalBounds;
  /** Milliseconds for which those that have ended are kept. */
  readonly keep: number;
}

/** A call that needs approval. */
export interface ApprovalRequest {
  readonly binding: string;
  readonly call: AskedCall;
  readonly demands: readonly ApprovalDemand[];
}

/** What somebody decides. */
export interface Verdict {
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string | undefined;
  readonly breakGlass?: boolean;
  /** Approves calls alike as well: for how many milliseconds, and with which arguments. */
  readonly standing?: { readonly for: number; readonly when: StandingGrant['when'] } | undefined;
  /** Where it was decided: `api`, `page`, or the name of a channel. */
  readonly via: string;
}

/** Who decides. */
export interface Decider extends ApprovalPerson {
  readonly groups: readonly string[];
  /** Has the role approver, for what names nobody. */
  readonly isApprover: boolean;
}

/** Approvals of all calls: what the hold stage asks for, what people decide, and when it is over. */
export class Approvals {
  readonly #options: ApprovalsOptions;

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /** The open approval of a call; a new one where there is none, or the rules ask for something else by now. */
  ask(request: ApprovalRequest): Promise<Approval> {
    throw new Error(`seam: ${this.#options.bounds.max} ${request.binding}`);
  }

  /**
   * Takes a grant for a call: once, whoever tries.
   *
   * @param exchange that makes the call
   * @returns as it is now; undefined where it is not granted, or taken
   */
  take(id: string, exchange: string): Promise<Approval | undefined> {
    throw new Error(`seam: ${id} ${exchange}`);
  }

  /** Counts that the upstream of a taken call has asked for more; false where that round was answered before. */
  nextRound(id: string, round: number): Promise<boolean> {
    throw new Error(`seam: ${id} ${round}`);
  }

  /** Grants for calls alike that may cover a call. */
  standing(call: AskedCall): Promise<readonly Approval[]> {
    throw new Error(`seam: ${call.target}`);
  }

  /**
   * Waits until an approval is no longer pending, its policy has changed, the time is over or the signal is aborted; of
   * several that wait for one, the last that came goes first.
   */
  wait(id: string, until: number, signal: AbortSignal): Promise<void> {
    throw new Error(`seam: ${id} ${until} ${signal.aborted}`);
  }

  /** The caller has given the call up, and nobody else here waits for it. */
  cancel(id: string, reason: string): Promise<void> {
    throw new Error(`seam: ${id} ${reason}`);
  }

  get(id: string): Promise<Approval | undefined> {
    return this.#options.store.get(id);
  }

  list(query: ApprovalQuery): Promise<readonly Approval[]> {
    return this.#options.store.list(query);
  }

  /** @throws GateError APPROVAL_… */
  decide(id: string, verdict: Verdict, decider: Decider): Promise<Approval> {
    throw new Error(`seam: ${id} ${verdict.via} ${decider.sub}`);
  }

  /** Takes back a grant that has not been used, or a question. @throws GateError APPROVAL_… */
  revoke(id: string, by: ApprovalPerson, reason: string, via: string): Promise<Approval> {
    throw new Error(`seam: ${id} ${by.sub} ${reason} ${via}`);
  }

  /** No call is held any longer: each client is told to call again. */
  get stopping(): boolean {
    return false;
  }

  /** Another policy is in force: whoever waits is judged again. */
  policyChanged(): void {}

  /** Begins to look after what expires. */
  start(): void {}

  stop(): void {}
}
