import type { Approval } from '../model/approval.ts';
import type { ApprovalNews } from '../model/approval-store.ts';

/** What each piece of news says, in the fewest words. */
const words: Readonly<Record<ApprovalNews, string>> = {
  asked: 'Approval needed',
  granted: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  cancelled: 'Given up by the caller',
  revoked: 'Taken back',
  used: 'The call was made',
  'broke-glass': 'Break glass: approved by the caller alone',
};

export function newsText(news: ApprovalNews): string {
  return words[news];
}

/** The news that an approval as it is now amounts to. */
export function newsOf({ state }: Pick<Approval, 'state'>): ApprovalNews {
  return state === 'pending' ? 'asked' : state;
}

/** News as it is worth telling: what was asked, and is decided by now, is no question any longer. */
export function newsNow(news: ApprovalNews, approval: Pick<Approval, 'state'>): ApprovalNews {
  return news === 'asked' ? newsOf(approval) : news;
}

/** When something became news, in milliseconds since the epoch; never later than the last change of the approval. */
export function newsTime(news: ApprovalNews, approval: Approval): number {
  const { createdAt, ballots, endedAt } = approval;
  const decided = ballots.at(-1)?.at ?? createdAt;
  switch (news) {
    case 'asked':
      return createdAt;
    case 'granted':
    case 'broke-glass':
      return decided;
    default:
      return endedAt ?? decided;
  }
}
