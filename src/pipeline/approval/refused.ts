import type { Approval } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';

// Why nothing comes of a step of an approval.

export function hasEnded({ state }: Pick<Approval, 'state'>): GateError {
  return new GateError('APPROVAL_ENDED', `the approval is ${state} already`);
}

export function unknown(id: string): GateError {
  return new GateError('APPROVAL_UNKNOWN', `there is no approval ${id.slice(0, 64)}`);
}

export function outdated(): GateError {
  return new GateError('APPROVAL_OUTDATED', 'the rules ask for something else by now', {
    hint: 'the client asks again with its next call',
  });
}

export function busy(): GateError {
  return new GateError('APPROVALS_UNAVAILABLE', 'other gates change the approval all the time');
}
