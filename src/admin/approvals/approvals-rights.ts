import type { AdminConfig } from '../../config/schema.ts';
import { type Approval, isOpen } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import { ballotOf, type Decider } from '../../pipeline/approval/ballot.ts';
import { isNamed, mayDecide } from '../../pipeline/approval/demands.ts';
import { isSamePerson } from '../../pipeline/approval/same-person.ts';
import { hasPermission } from '../role.ts';
import { deciderOf } from './decider.ts';

/** Somebody who looks at approvals. */
export interface Viewer {
  readonly decider: Decider;
  /** Reads all of them. */
  readonly reads: boolean;
  /** Takes back any of them. */
  readonly revokes: boolean;
}

/** What somebody can do with one approval now. */
export interface Rights {
  readonly approve: boolean;
  readonly deny: boolean;
  /** Approve their own call alone, with a reason. */
  readonly breakGlass: boolean;
  readonly revoke: boolean;
  /** Give their own call up. */
  readonly cancel: boolean;
  /** Milliseconds for which, at most, they can approve calls alike; left out: each call by itself. */
  readonly standing?: number;
  /** The yes needs a reason. */
  readonly reasonRequired: boolean;
  /** Why they can't approve. */
  readonly why?: string;
}

/** What an identity is to approvals. */
export function viewerOf(identity: Identity, roles: AdminConfig['roles']): Viewer {
  return {
    decider: deciderOf(identity, roles),
    reads: hasPermission(identity, 'approvals:read', roles),
    revokes: hasPermission(identity, 'approvals:revoke', roles),
  };
}

/** Whoever reads all, whom it names, who has asked for it and who has decided. */
export function maySee({ demands, call, ballots }: Approval, { decider, reads }: Viewer): boolean {
  return (
    reads ||
    isThem(call.caller, decider) ||
    demands.some((demand) => mayDecide(demand, decider)) ||
    ballots.some(({ by }) => isThem(by, decider))
  );
}

/** Whoever has the permission, and who has said yes. */
export function mayRevoke({ ballots }: Approval, { decider, revokes }: Viewer): boolean {
  const own = ballots.filter(({ by }) => isThem(by, decider));
  return revokes || own.some(({ verdict }) => verdict === 'approve');
}

/** @param now milliseconds since the epoch */
export function rightsOf(approval: Approval, viewer: Viewer, now: number): Rights {
  const { demands, call } = approval;
  const { decider } = viewer;
  const why = refusal(approval, decider, now);
  const isPending = approval.state === 'pending' && now < approval.expiresAt;
  const named = demands.filter((demand) => mayDecide(demand, decider));
  const spans = demands.map(({ standing }) => standing ?? 0);
  const most = Math.min(...spans);
  const isOwn = isThem(call.caller, decider);
  return {
    approve: why === undefined,
    deny: isPending && (named.length > 0 || decider.isApprover),
    breakGlass: isPending && isOwn && demands.some((one) => isNamed(one.breakGlass, decider)),
    revoke: isOpen(approval) && mayRevoke(approval, viewer),
    cancel: isOpen(approval) && isOwn,
    ...(why === undefined && most > 0 ? { standing: most } : {}),
    reasonRequired: named.some(({ reasonRequired }) => reasonRequired),
    ...(why === undefined ? {} : { why }),
  };
}

/** Why somebody can't approve; undefined where they can. */
function refusal(approval: Approval, decider: Decider, now: number): string | undefined {
  if (approval.state === 'pending' && now >= approval.expiresAt) return 'its time is over';
  try {
    const { rules } = ballotOf(
      approval,
      { verdict: 'approve', reason: '-', via: 'api' },
      decider,
      now,
    );
    const before = approval.ballots.filter(
      ({ by, verdict }) => verdict === 'approve' && isSamePerson(by, decider),
    );
    const isNew = rules.some((rule) => !before.some((ballot) => ballot.rules.includes(rule)));
    return isNew ? undefined : 'you have approved it already';
  } catch (error) {
    if (error instanceof GateError) return error.message;
    throw error;
  }
}

/** It gives rights, so the issuer counts. */
function isThem(
  one: { readonly issuer: string; readonly sub: string },
  { issuer, sub }: Decider,
): boolean {
  return one.issuer === issuer && one.sub === sub;
}
