import type { ApprovalState } from '../../model/approval.ts';

/** What each state means, in a sentence. */
export const stateTexts: Readonly<Record<ApprovalState, string>> = {
  pending: 'Somebody has yet to decide.',
  granted: 'The call may be made.',
  denied: 'Somebody has said no.',
  expired: 'Nobody has decided in time, or the call was not made in time.',
  cancelled: 'The caller has given it up, or a rule blocks it by now.',
  used: 'The call was made.',
  revoked: 'It was taken back, or the policy has changed.',
};
