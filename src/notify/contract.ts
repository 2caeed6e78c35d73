import type { IncomingHttpHeaders } from 'node:http';
import type { Approval, ApprovalPerson } from '../model/approval.ts';
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
  /** People decide within the channel; left out: they can't. */
  readonly interactions?: Interactions;
  close?(): Promise<void> | void;
}

/** Requests that a channel makes where somebody decides within it. */
export interface Interactions {
  /**
   * @param body as it came
   * @param decide for the one who decides, whom the request proves to be this person
   * @returns once it is decided; what somebody mustn't do they are told in the channel
   * @throws GateError SLACK_SIGNATURE
   */
  take(headers: IncomingHttpHeaders, body: Buffer, decide: DecideInChannel): Promise<void>;
}

/** @throws GateError APPROVAL_… */
export type DecideInChannel = (
  approval: string,
  verdict: 'approve' | 'deny',
  person: ApprovalPerson & { readonly groups: readonly string[] },
) => Promise<Approval>;

/**
 * Makes links for mail: the link to the page of an approval that this address alone can use.
 *
 * @returns undefined where the gate has no pages
 */
export type MailLink = (approval: Approval, address: string) => string | undefined;
