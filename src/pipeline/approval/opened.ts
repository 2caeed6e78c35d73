import type { Approval, ApprovalDemand, AskedCall } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import { MAX_ASKED } from './asked-params.ts';

/** A call that needs approval. */
export interface ApprovalRequest {
  readonly binding: string;
  readonly call: AskedCall;
  readonly demands: readonly ApprovalDemand[];
}

/**
 * A new approval.
 *
 * @throws GateError APPROVAL_TOO_LARGE
 */
export function opened(
  { binding, call, demands }: ApprovalRequest,
  id: string,
  now: number,
): Approval {
  if (JSON.stringify(call.args).length > MAX_ASKED) {
    throw new GateError('APPROVAL_TOO_LARGE', `the call has more than ${MAX_ASKED} characters`);
  }
  if (demands.length === 0) throw new Error('no rule asks for approval');
  const expires = Math.min(...demands.map(({ expires }) => expires));
  return {
    ...{ id, version: 1, state: 'pending', binding, call, demands, ballots: [] },
    ...{ createdAt: now, expiresAt: now + expires },
  };
}
