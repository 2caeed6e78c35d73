import type { ApprovalState } from '../../model/approval.ts';

/** What each state means, in a sentence. */
export const stateTexts: Readonly<Record<ApprovalState, string>> = {
  pending: 'Somebody has yet to decide.',
  granted: 'The call may be made.',
  denied: 'Somebody has said no.',
  expired: 'Its time is over.',
  cancelled: 'The caller has given it up.',
  used: 'The call was made.',
  revoked: 'It was taken back.',
};
