import type { Approval, Ballot } from '../../model/approval.ts';
import { endOf, isOpen } from '../../model/approval.ts';
import type { ApprovalNews } from '../../model/approval-store.ts';
import { missingFrom } from './missing.ts';
import { isSamePerson } from './same-person.ts';
import { standingFrom } from './standing.ts';

/** A change of an approval, and what people are told of it. */
export interface Step {
  readonly to: Approval;
  readonly news?: ApprovalNews;
}

/** States that end an approval without a call. */
export type Ending = 'denied' | 'expired' | 'cancelled' | 'revoked';

/** Somebody has decided: what was their former ballot counts no more. */
export function counted(approval: Approval, ballot: Ballot): Step {
  const others = approval.ballots.filter((other) => !isReplaced(other, ballot));
  const voted = next(approval, { ballots: [...others, ballot] });
  if (ballot.verdict === 'deny') return ended(voted, 'denied', ballot.at, ballot.reason);
  const news = ballot.breakGlass ? ({ news: 'broke-glass' } as const) : {};
  if (missingFrom(voted).length > 0) return { to: voted, ...news };
  return { to: granted(voted, ballot.at), news: 'granted', ...news };
}

/** A person has one ballot, and another one where they have broken the glass. */
function isReplaced(old: Ballot, ballot: Ballot): boolean {
  return !old.breakGlass === !ballot.breakGlass && isSamePerson(old.by, ballot.by);
}

/** The same ballot again changes nothing. */
export function isCounted({ ballots }: Approval, ballot: Ballot): boolean {
  const text = ({ at: _, via: __, ...rest }: Ballot) => JSON.stringify(rest);
  return ballots.some((other) => text(other) === text(ballot));
}

function granted(approval: Approval, now: number): Approval {
  const standing = standingFrom(approval, now);
  const window = Math.min(...approval.demands.map(({ window }) => window));
  return {
    ...approval,
    state: 'granted',
    usableUntil: standing?.until ?? now + window,
    ...(standing && { standing }),
  };
}

/** A call is made by it; undefined where it may not be. */
export function taken(approval: Approval, exchange: string, now: number): Step | undefined {
  if (approval.state !== 'granted' || isOverdue(approval, now)) return undefined;
  const { standing } = approval;
  if (standing) {
    return { to: next(approval, { standing: { ...standing, calls: standing.calls + 1 } }) };
  }
  return { to: next(approval, { state: 'used', usedBy: exchange, endedAt: now }), news: 'used' };
}

/**
 * A round that the upstream has asked for is answered; undefined where it was before, or no call was made. Rounds of
 * calls alike are calls alike themselves: several calls have no count in common.
 */
export function answered(approval: Approval, round: number): Step | undefined {
  const { rounds = 0, standing } = approval;
  if (approval.state !== 'used' || standing || round !== rounds) return undefined;
  return { to: next(approval, { rounds: rounds + 1 }) };
}

/** Its time is over. A grant that calls were made by has been used. */
export function outOfTime(approval: Approval, now: number): Step | undefined {
  if (!isOverdue(approval, now)) return undefined;
  const used = (approval.standing?.calls ?? 0) > 0;
  const to = next(approval, { state: used ? 'used' : 'expired', endedAt: now });
  return { to, news: used ? 'used' : 'expired' };
}

/** Ends it without a call; undefined where it has ended. */
export function closed(
  approval: Approval,
  state: Ending,
  now: number,
  reason: string | undefined,
): Step | undefined {
  return isOpen(approval) ? ended(next(approval, {}), state, now, reason) : undefined;
}

function ended(to: Approval, state: Ending, now: number, reason: string | undefined): Step {
  return { to: { ...to, state, endedAt: now, ...(reason && { reason }) }, news: state };
}

/** True where the time of an open approval is over, though nobody may have noticed. */
export function isOverdue(approval: Approval, now: number): boolean {
  const end = endOf(approval);
  return end !== undefined && end <= now;
}

function next(approval: Approval, change: Partial<Approval>): Approval {
  return { ...approval, ...change, version: approval.version + 1 };
}
