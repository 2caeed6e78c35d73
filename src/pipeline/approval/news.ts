import type { Approval } from '../../model/approval.ts';
import type { ApprovalNews, ApprovalNotice } from '../../model/approval-store.ts';

/** Notices of news, one for each channel that is told: those that the rules name, and of broken glass all. */
export function noticesOf(
  { id, version, demands }: Pick<Approval, 'id' | 'version' | 'demands'>,
  news: ApprovalNews,
  channels: readonly string[],
  now: number,
): readonly ApprovalNotice[] {
  const named = new Set(demands.flatMap(({ notify = channels }) => notify));
  return channels
    .filter((channel) => news === 'broke-glass' || named.has(channel))
    .map((channel) => {
      return {
        id: `${id}.${version}.${channel}`,
        approval: id,
        channel,
        news,
        attempts: 0,
        due: now,
      };
    });
}
