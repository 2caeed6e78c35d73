import type { ApprovalBounds, ApprovalStore } from '../model/approval-store.ts';
import type { Clock, Log } from '../model/seams.ts';
import type { StoreLocation } from './location.ts';
import { MemoryApprovals } from './memory/approvals.ts';
import { PostgresApprovals } from './postgres/approvals.ts';
import { SqliteApprovals } from './sqlite/approval/approvals.ts';

/**
 * Opens the store of approvals. A database server that can't be reached keeps no gate from starting: until it can be,
 * calls that need approval are refused.
 *
 * @throws GateError STORE_UNREADABLE
 */
export function openApprovals(
  location: StoreLocation,
  options: { readonly clock: Clock; readonly log: Log; readonly bounds: ApprovalBounds },
): ApprovalStore {
  switch (location.store) {
    case 'memory':
      return new MemoryApprovals(options);
    case 'sqlite':
      return new SqliteApprovals({ ...options, ...location });
    case 'postgres':
      return new PostgresApprovals({ ...options, ...location });
  }
}
