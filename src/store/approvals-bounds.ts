import { GateError, messageOf } from '../model/errors.ts';

/** Ended approvals that are forgotten at a time. */
export const FORGOTTEN = 256;

/** Grants for calls alike that a call is tried with; where there are more, it asks anew. */
export const MAX_STANDING = 100;

export function approvalsFull(max: number): GateError {
  return new GateError('APPROVALS_FULL', `${max} approvals are pending`, {
    hint: 'raise approvals.max, or let approvals expire earlier',
  });
}

export function approvalsOfCallerFull(maxPerCaller: number): GateError {
  return new GateError('APPROVALS_FULL', `${maxPerCaller} approvals of the caller are pending`, {
    hint: 'raise approvals.max_per_caller, or let approvals expire earlier',
  });
}

export function approvalsUnavailable(cause: unknown): GateError {
  if (cause instanceof GateError) return cause;
  return new GateError('APPROVALS_UNAVAILABLE', messageOf(cause), { cause });
}
