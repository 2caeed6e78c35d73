import type { ApprovalDemand } from '../../model/approval.ts';
import type { ApprovalSpec, Rule } from '../ast.ts';

const MINUTE = 60_000;

/** What a rule asks for that says nothing of it: one yes of whoever has the role approver. */
export const defaultApproval: ApprovalSpec = {
  by: [],
  quorum: 1,
  expires: 15 * MINUTE,
  window: 10 * MINUTE,
  notSelf: true,
  breakGlass: [],
  reasonRequired: false,
};

/**
 * What one rule asks for before a call may go on. Two rules ask for the same where all but `rule`, `at` and `reason` is
 * the same.
 *
 * @returns undefined where it asks for nothing, or is in shadow mode
 */
export function demandOf({
  id,
  at,
  then,
  mode,
  approval = defaultApproval,
  reason,
}: Pick<Rule, 'id' | 'at' | 'then' | 'mode' | 'approval' | 'reason'>): ApprovalDemand | undefined {
  if (then !== 'approve' || mode === 'shadow') return undefined;
  return { rule: id, at, ...approval, ...(reason === undefined ? {} : { reason }) };
}
