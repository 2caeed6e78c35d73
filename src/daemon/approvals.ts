import type { LivePolicies } from '../config/reload.ts';
import type { Recorder } from '../model/seams.ts';
import { type ApprovalMeans, tellApprovalGaps } from '../pipeline/approval/approval-gaps.ts';
import { Approvals } from '../pipeline/approval/approvals.ts';
import type { ApprovalOptions } from '../pipeline/stages/hold/held-call.ts';
import { openApprovals } from '../store/approvals-open.ts';
import { clock, type DaemonOptions } from './daemon-options.ts';
import type { Started } from './started.ts';
import { storeLocation } from './store-location.ts';

/** What calls that need approval are held with, and what brings people the news of it. */
export type OpenedApprovals = Awaited<ReturnType<typeof openHolds>>;

/**
 * Opens approvals. They live only where people can decide, which is the admin API.
 *
 * @param pageOf URL of the page of an approval; undefined where there are no pages
 */
export async function openHolds(
  { config, base, log }: DaemonOptions,
  policies: LivePolicies,
  recorder: Recorder,
  pageOf: (id: string) => string | undefined,
  started: Started,
) {
  const { max, max_per_caller, keep, wait, wait_with_progress = wait } = config.approvals;
  const channels = Object.keys(config.approvals.channels);
  const means: ApprovalMeans = {
    decidable: config.admin !== undefined,
    approvers: (config.admin?.roles.approver.length ?? 0) > 0,
    channels,
  };
  const tell = () => tellApprovalGaps(policies.snapshot.policies, means, log);
  tell();
  policies.onChange(tell);
  if (!config.admin) return undefined;
  const { CountedApprovals } = await import('../admin/approvals/approvals-counted.ts');
  const location = storeLocation(config.approvals, 'approvals.db', { config, base });
  const bounds = { max, maxPerCaller: max_per_caller };
  const store = new CountedApprovals(openApprovals(location, { clock, log, bounds }));
  started.add(() => store.close());
  const approvals = new Approvals({
    ...{ store, clock, log, recorder, channels, keep, required: config.transcripts.required },
    demandOf: (rule) => policies.snapshot.policies?.demandOf(rule),
    revision: () => policies.snapshot.revision,
  });
  policies.onChange(() => approvals.policyChanged());
  approvals.start();
  const snapshot = () => policies.snapshot;
  // Calls that wait are under way as well: half of the room stays for those that don't.
  const maxHeld = Math.ceil(config.limits.calls / 2);
  const hold: ApprovalOptions = {
    ...{ approvals, snapshot, pageOf, wait, waitWithProgress: wait_with_progress, maxHeld },
  };
  return { approvals, store, hold };
}
