import type { ApprovalDemand } from '../../model/approval.ts';
import type { Decision } from '../../model/decision.ts';
import { spanText } from '../../model/span-text.ts';
import { visible } from '../../model/visible.ts';

/** What people are asked for a call, a line each rule: `ddl: 2 people of group:dba, not the caller; within 15m`. */
export function approvalLines({ approvals = [] }: Decision): string[] {
  return approvals.map((demand) => visible(`${demand.rule}: ${demandText(demand)}`));
}

function demandText(demand: ApprovalDemand): string {
  const { by, quorum, expires, window, notSelf, breakGlass, standing } = demand;
  const people = by.length === 0 ? 'with the role approver' : `of ${by.join(', ')}`;
  const count = quorum === 1 ? '1 person' : `${quorum} people`;
  const parts = [
    `${count} ${people}${notSelf ? ', not the caller' : ', the caller too'}`,
    `within ${spanText(expires)}, then the call may be made for ${spanText(window)}`,
    ...(demand.reasonRequired ? ['with a reason'] : []),
    ...(breakGlass.length > 0 ? [`the caller alone, with a reason: ${breakGlass.join(', ')}`] : []),
    ...(standing === undefined ? [] : [`calls alike for up to ${spanText(standing)}`]),
    ...(demand.notify ? [`told: ${demand.notify.join(', ') || 'nobody'}`] : []),
  ];
  return parts.join('; ');
}
