import type { Json } from './json.ts';
import type { Position } from './position.ts';

/** Where an approval can be in its life. */
export const approvalStates = [
  /** Somebody has yet to decide. */
  'pending',
  /** Enough have said yes; the call may be made, once, until {@link Approval.usableUntil}. */
  'granted',
  /** Somebody has said no. */
  'denied',
  /** Nobody has decided in time, or nobody has made the call in time. */
  'expired',
  /** The caller has given the call up before somebody decided. */
  'cancelled',
  /** The call was made. */
  'used',
  /** It was taken back, by a person or because the policy has changed. */
  'revoked',
] as const;
export type ApprovalState = (typeof approvalStates)[number];

/** What one rule asks for before a call may go on. */
export interface ApprovalDemand {
  readonly rule: string;
  readonly at: Position;
  /** Who may say yes: `group:NAME`, `user:SUB`. Empty: whoever has the role approver. */
  readonly by: readonly string[];
  /** How many different people must. */
  readonly quorum: number;
  /** Milliseconds for which it waits for them. */
  readonly expires: number;
  /** Milliseconds for which the call may be made once they have. */
  readonly window: number;
  /** The caller is none of them. */
  readonly notSelf: boolean;
  /** Who may approve their own calls alone, with a reason. */
  readonly breakGlass: readonly string[];
  readonly reasonRequired: boolean;
  /** Milliseconds for which, at most, calls alike may be approved together; left out: each call by itself. */
  readonly standing?: number;
  /** Channels that are told; left out: all of them. */
  readonly notify?: readonly string[];
  /** The rule's own sentence. */
  readonly reason?: string;
}

/** Somebody as an approval keeps them. */
export interface ApprovalPerson {
  readonly issuer: string;
  readonly sub: string;
  readonly email?: string;
  readonly groups?: readonly string[];
}

/** What somebody has decided. */
export interface Ballot {
  readonly by: ApprovalPerson;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string;
  /** The caller approves the call alone, as the rule lets them. */
  readonly breakGlass?: true;
  /** Where it was decided: `api`, `page`, or the name of a channel. */
  readonly via: string;
  /** Rules whose demand it counts for. */
  readonly rules: readonly string[];
  /** Approves calls alike as well: for how many milliseconds, and with which arguments. */
  readonly standing?: { readonly for: number; readonly when: StandingGrant['when'] };
}

/** The call that an approval is for, as its approver sees it: what would be sent, masked as it would be sent. */
export interface AskedCall {
  readonly caller: ApprovalPerson & {
    /** The OAuth client. */
    readonly client?: string;
    /** Who acts for the caller (RFC 8693). */
    readonly actor?: string;
  };
  /** What the MCP client calls itself. */
  readonly agent?: string;
  readonly upstream: string;
  readonly method: string;
  /** Tool or prompt name, resource URI, or method. */
  readonly target: string;
  /** All that would go to the upstream with it. */
  readonly args: { readonly [key: string]: Json };
  /** What the upstream says of the tool. */
  readonly tool?: { readonly [key: string]: Json };
  /** The exchange that asked. */
  readonly exchange: string;
  /** Revision of the policies that asked. */
  readonly revision: string;
}

/** A grant for calls alike: the same caller, upstream and target. */
export interface StandingGrant {
  /** What their arguments must be: a condition of the policy language on `args.*`. */
  readonly when: { readonly [key: string]: Json };
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Calls made by it. */
  readonly calls: number;
}

/** A call that waits, or waited, for people to say yes. Times are milliseconds since the epoch. */
export interface Approval {
  readonly id: string;
  /** Counts its changes from 1: each change names the version that it changes. */
  readonly version: number;
  readonly state: ApprovalState;
  /** Digest of caller, upstream, method, target and all that would be sent: the same call has the same one. */
  readonly binding: string;
  readonly call: AskedCall;
  readonly demands: readonly ApprovalDemand[];
  readonly ballots: readonly Ballot[];
  readonly createdAt: number;
  /** It expires then unless somebody has decided. */
  readonly expiresAt: number;
  /** Granted: the call may be made until then. */
  readonly usableUntil?: number;
  readonly standing?: StandingGrant;
  /** When it left the states pending and granted. */
  readonly endedAt?: number;
  /** Why it is denied, cancelled or revoked, in somebody's words or the gate's; the caller is told. */
  readonly reason?: string;
  /** The exchange that has made the call. */
  readonly usedBy?: string;
  /** How often the upstream has asked for more before the call was done (2026-07-28, multi round-trip requests). */
  readonly rounds?: number;
}

/** States that an approval can still leave. */
export function isOpen({ state }: Pick<Approval, 'state'>): boolean {
  return state === 'pending' || state === 'granted';
}

/** When its time is over as it stands, in milliseconds since the epoch; undefined of one that has ended. */
export function endOf(
  approval: Pick<Approval, 'state' | 'expiresAt' | 'usableUntil' | 'standing'>,
): number | undefined {
  if (!isOpen(approval)) return undefined;
  if (approval.state === 'pending') return approval.expiresAt;
  return approval.standing?.until ?? approval.usableUntil ?? approval.expiresAt;
}
