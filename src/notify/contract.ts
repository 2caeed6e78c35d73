import type { Approval } from '../model/approval.ts';
import type { ApprovalNotice } from '../model/approval-store.ts';

/** Tells people of approvals. */
export interface Channel {
  /** As the configuration and `notify` of rules have it. */
  readonly name: string;
  /**
   * Delivers news; called again with the same notice, later, where it rejects.
   *
   * @param approval as it is now
   * @param url the page of the approval; undefined where the gate has none
   * @throws GateError CHANNEL_FAILED; with `retryAfter` where the receiver says when
   */
  send(
    notice: ApprovalNotice,
    approval: Approval,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<void>;
  close?(): Promise<void> | void;
}
