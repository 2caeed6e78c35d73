import type {
  Approval,
  ApprovalDemand,
  ApprovalPerson,
  Ballot,
  StandingGrant,
} from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import { isNamed, mayDecide } from './demands.ts';
import { hasEnded } from './refused.ts';
import { mayBeCaller } from './same-person.ts';
import { checkStanding } from './standing.ts';

/** What somebody decides. */
export interface Verdict {
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string | undefined;
  /** The caller approves the call alone, where a rule lets them. */
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
  /** Who acts for them (RFC 8693): then it is no person who decides. */
  readonly actor?: string | undefined;
}

/** Characters of a reason. */
const MAX_REASON = 2_000;

/**
 * What somebody's decision counts for.
 *
 * @param approval as it is now
 * @throws GateError APPROVAL_…
 */
export function ballotOf(
  approval: Approval,
  verdict: Verdict,
  decider: Decider,
  now: number,
): Ballot {
  if (approval.state !== 'pending') throw hasEnded(approval);
  if (decider.actor !== undefined) {
    throw new GateError('APPROVAL_NOT_YOURS', 'people decide, and nobody who acts for them');
  }
  const demands = demandsFor(approval, verdict, decider);
  const reason = reasonOf(verdict.reason);
  const needsReason = verdict.breakGlass || demands.some(({ reasonRequired }) => reasonRequired);
  if (needsReason && reason === undefined) {
    throw new GateError('APPROVAL_REASON', 'say why: a reason is needed');
  }
  checkStanding(approval, verdict);
  return {
    ...{ by: personOf(approval, decider), at: now, verdict: verdict.verdict },
    ...(reason === undefined ? {} : { reason }),
    ...(verdict.breakGlass ? { breakGlass: true } : {}),
    ...{ via: verdict.via, rules: demands.map(({ rule }) => rule) },
    ...(verdict.standing ? { standing: verdict.standing } : {}),
  };
}

/** A reason as it is kept; undefined where it says nothing. */
export function reasonOf(text: string | undefined): string | undefined {
  // Control characters would let a reason draw on the terminal of whoever lists it.
  const reason = text?.replace(/[^\P{Cc}\n\t]/gu, ' ').trim();
  if (!reason) return undefined;
  if (reason.length <= MAX_REASON) return reason;
  throw new GateError('APPROVAL_REASON', `the reason is longer than ${MAX_REASON} characters`);
}

/** The demands that a decision counts for: at least one. */
function demandsFor(
  approval: Approval,
  verdict: Verdict,
  decider: Decider,
): readonly ApprovalDemand[] {
  const { demands, call } = approval;
  if (verdict.breakGlass) return brokenBy(approval, verdict, decider);
  const named = demands.filter((demand) => mayDecide(demand, decider));
  // Whoever looks after approvals may stop any of them.
  if (named.length === 0 && verdict.verdict === 'deny' && decider.isApprover) return demands;
  if (named.length === 0) {
    throw new GateError('APPROVAL_NOT_YOURS', 'the rules ask other people');
  }
  if (verdict.verdict === 'deny') return named;
  const self = mayBeCaller(decider, call.caller);
  const counted = named.filter(({ notSelf }) => !(notSelf && self));
  if (counted.length > 0) return counted;
  throw new GateError('APPROVAL_SELF', 'somebody other than the caller must approve the call');
}

/** Demands that the caller may satisfy alone. It gives a right, so nobody else may look like the caller. */
function brokenBy({ demands, call }: Approval, { verdict }: Verdict, decider: Decider) {
  const { issuer, sub } = call.caller;
  if (verdict !== 'approve' || decider.issuer !== issuer || decider.sub !== sub) {
    throw new GateError('APPROVAL_NOT_YOURS', 'only the caller can break the glass');
  }
  const counted = demands.filter(({ breakGlass }) => isNamed(breakGlass, decider));
  if (counted.length > 0) return counted;
  throw new GateError('APPROVAL_SELF', 'no rule lets you approve this call of yours alone');
}

/** Of all groups, those that the rules name. */
function personOf({ demands }: Approval, { issuer, sub, email, groups }: Decider): ApprovalPerson {
  const names = new Set(demands.flatMap(({ by, breakGlass }) => [...by, ...breakGlass]));
  const counted = groups.filter((group) => names.has(`group:${group}`));
  return {
    ...{ issuer, sub },
    ...(email === undefined ? {} : { email }),
    ...(counted.length > 0 ? { groups: counted } : {}),
  };
}
