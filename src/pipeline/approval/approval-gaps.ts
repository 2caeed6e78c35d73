import { formatProblem } from '../../model/position.ts';
import type { Log } from '../../model/seams.ts';
import { checkChannels } from '../../policy/check/check-channels.ts';
import type { PolicySet } from '../../policy/policy-set.ts';

/** What the configuration has for rules that ask for approval. */
export interface ApprovalMeans {
  /** There is a place where people decide. */
  readonly decidable: boolean;
  /** Somebody has the role approver. */
  readonly approvers: boolean;
  /** Names of channels. */
  readonly channels: readonly string[];
}

/** Rules that are named at a time. */
const MOST_RULES = 10;

/** Says in the log which rules in force ask for approvals that nobody here can give, or that nobody would hear of. */
export function tellApprovalGaps(
  policies: PolicySet | undefined,
  { decidable, approvers, channels }: ApprovalMeans,
  log: Log,
): void {
  const asking = (policies?.rules ?? []).filter(
    ({ then, mode }) => then === 'approve' && mode === 'enforce',
  );
  if (asking.length === 0) return;
  const named = (found: typeof asking) => found.slice(0, MOST_RULES).map(({ id }) => id);
  if (!decidable) {
    const fields = {
      rules: named(asking),
      hint: 'configure admin: people decide at its API and pages',
    };
    log.error(
      fields,
      'rules ask for approval and nobody can give it; what they ask for is refused',
    );
    return;
  }
  const open = asking.filter(({ approval }) => !approval?.by.length);
  if (open.length > 0 && !approvers) {
    const fields = {
      rules: named(open),
      hint: 'name people in the rules, or in admin.roles.approver',
    };
    log.error(fields, 'rules ask for approval of nobody in particular, and nobody is an approver');
  }
  for (const problem of checkChannels(asking, channels)) {
    const fields = { code: problem.code, known: channels };
    log.warn(fields, formatProblem(problem));
  }
}
