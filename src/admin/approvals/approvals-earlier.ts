import type { Approval } from '../../model/approval.ts';
import { messageOf } from '../../model/errors.ts';
import type { Log } from '../../model/seams.ts';
import type { Approvals } from '../../pipeline/approval/approvals.ts';
import { mayDecide } from '../../pipeline/approval/demands.ts';
import type { SimilarCalls } from '../../store/contract.ts';
import { maySee, type Viewer } from './approvals-rights.ts';

export interface EarlierOptions {
  readonly approvals: Pick<Approvals, 'list'>;
  /** Left out: transcripts are not looked at. */
  readonly similar?: SimilarCalls | undefined;
  readonly log: Log;
}

/** Earlier ones that are shown. */
const SHOWN = 10;

/**
 * What came of earlier calls like one: approvals that the same caller has asked for, calls that were made by them, and
 * how often the target was called of late, which is told only to those who read or decide. Nothing of what was sent:
 * each approval shows that to whoever may see it.
 */
export async function earlierThan(
  { id, call, demands }: Approval,
  viewer: Viewer,
  { approvals, similar, log }: EarlierOptions,
) {
  const { upstream, method, target, caller, exchange } = call;
  const { reads, decider } = viewer;
  const { sub, issuer } = caller;
  const found = await approvals.list({ upstream, target, caller: sub, before: id, limit: SHOWN });
  const asked = found
    .filter((one) => one.call.method === method && one.call.caller.issuer === issuer)
    .filter((one) => maySee(one, viewer))
    .map(({ id, state, createdAt, reason, usedBy }) => ({
      ...{ id, state, createdAt: new Date(createdAt).toISOString() },
      ...(reason === undefined ? {} : { reason }),
      ...(usedBy === undefined ? {} : { exchange: usedBy }),
    }));
  try {
    const like = { upstream, method, target, sub, issuer, exchange };
    // What others call is nothing to the caller.
    const seesOthers = reads || demands.some((demand) => mayDecide(demand, decider));
    const calls = similar?.made(like, SHOWN).map(callView);
    return {
      approvals: asked,
      ...(calls && { calls }),
      ...(similar && seesOthers && { recent: similar.recent(like) }),
    };
  } catch (error) {
    // Somebody waits for a decision, and can do without.
    log.warn({ code: 'STORE_UNREADABLE', cause: messageOf(error) }, 'earlier calls are not shown');
    return { approvals: asked };
  }
}

function callView({
  id,
  openedAt,
  closedAt,
  outcome,
  rule,
}: ReturnType<SimilarCalls['made']>[number]) {
  return {
    ...{ exchange: id, at: new Date(openedAt).toISOString(), outcome },
    ...(rule === undefined ? {} : { rule }),
    ...(closedAt === undefined ? {} : { milliseconds: Math.round(closedAt - openedAt) }),
  };
}
