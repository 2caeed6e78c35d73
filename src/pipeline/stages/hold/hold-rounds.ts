import {
  type Approval,
  type ApprovalDemand,
  type AskedCall,
  isOpen,
} from '../../../model/approval.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { RequestFrame } from '../../../model/message.ts';
import { digestOf } from '../../../protocol/canonical.ts';
import { takesVisits } from '../../../protocol/input-requests.ts';
import { methodRow } from '../../../protocol/methods.ts';
import type { Seal } from '../../../protocol/seal.ts';
import type { Approvals } from '../../approval/approvals.ts';
import type { Verdict } from '../../contract.ts';
import { demandKey } from '../../demand-key.ts';
import type { Exchange, Grant } from '../../exchange.ts';
import { DECISION_KEY } from '../../refusal.ts';
import { MAX_AGE, sealState, VISIT_KEY } from '../input-state.ts';

/** Rounds in which a call is asked to come back. The official SDK gives up after ten, the upstream's own among them. */
const MAX_ROUNDS = 8;

/** A page that the client's user is asked to open. */
export interface VisitPage {
  readonly url: string;
  readonly message: string;
}

/** How a call that waits is asked to come back, instead of being held for longer than its client would wait. */
export interface HoldRounds {
  /**
   * Asks the client to show its user the approval's page: the first answer of a call, at once.
   *
   * @param facts what the client may know of the decision
   * @returns undefined where the client can't, or was asked before
   */
  visit(
    frame: RequestFrame,
    exchange: Exchange,
    approval: Approval,
    page: VisitPage,
    facts: JsonObject,
  ): Verdict | undefined;
  /**
   * Asks the client to come back: the answer of a call that was held for as long as it may be.
   *
   * @returns undefined where the client can't, or has done so often enough: it gets the answer "pending" then
   */
  again(
    frame: RequestFrame,
    exchange: Exchange,
    approval: Approval,
    facts: JsonObject,
  ): Verdict | undefined;
}

/** Rounds of the stateless era (2026-07-28, multi round-trip requests). Elsewhere there are none. */
export function holdRounds(seal: Seal): HoldRounds {
  const ask = (
    frame: RequestFrame,
    exchange: Exchange,
    approval: Approval,
    more: JsonObject,
    facts: JsonObject,
  ): Verdict | undefined => {
    const round = (exchange.held?.round ?? 0) + 1;
    if (round > MAX_ROUNDS || !canReturn(frame, exchange)) return undefined;
    const until = Math.max(exchange.now() + MAX_AGE, approval.expiresAt, approval.usableUntil ?? 0);
    const held = { approval: approval.id, round };
    const requestState = sealState(seal, exchange, { held }, { until });
    const result = {
      resultType: 'input_required',
      ...more,
      requestState,
      _meta: { [DECISION_KEY]: facts },
    };
    const answer = { jsonrpc: '2.0', id: frame.message.id, result } as const;
    return { kind: 'answer', reason: `it waits for approval ${approval.id}`, answer };
  };
  return {
    visit: (frame, exchange, approval, { url, message }, facts) => {
      if (exchange.held || !takesVisits(exchange.sent)) return undefined;
      const params = { mode: 'url', url, message };
      const question = { method: 'elicitation/create', params };
      const inputRequests = { [VISIT_KEY]: question };
      return ask(frame, exchange, approval, { inputRequests }, facts);
    },
    again: (frame, exchange, approval, facts) => ask(frame, exchange, approval, {}, facts),
  };
}

/**
 * True of a call whose client comes back when it is asked to. What the client brings of the upstream's own rounds would
 * be lost on the way.
 */
function canReturn({ message: { method, params } }: RequestFrame, exchange: Exchange): boolean {
  if (!exchange.stateless || !methodRow(method).resumes) return false;
  return params?.inputResponses === undefined && params?.requestState === undefined;
}

/** The user was shown the approval's page and does not want the call any longer. */
export function gaveUp({ held }: Exchange): boolean {
  return held?.answer === 'decline' || held?.answer === 'cancel';
}

/**
 * The approval that a call comes back for, where it is over without a call: its client is told how it ended, and nobody
 * is asked anew. Undefined where the call waits on, or somebody else has made it.
 */
export async function endedMeanwhile(
  approvals: Pick<Approvals, 'get'>,
  { held }: Exchange,
): Promise<Approval | undefined> {
  const approval = held && (await approvals.get(held.approval));
  if (!approval || isOpen(approval) || approval.state === 'used') return undefined;
  return approval;
}

/** What a call is made by, so that what belongs to it needs no second yes: its rounds, and the task that it makes. */
export function grantOf({ id, demands }: Approval, round = 0): Grant {
  return { approval: id, round, demands: demands.map(demandKey) };
}

/**
 * Goes on with a call that was made by a grant, where its upstream has asked for more: true once for each round, and
 * only while the rules ask for what was approved and what was approved is what goes on, but for the answers.
 *
 * @param demands what the rules ask for now
 */
export async function goesOn(
  approvals: Pick<Approvals, 'get' | 'nextRound'>,
  exchange: Exchange,
  call: AskedCall,
  demands: readonly ApprovalDemand[],
): Promise<boolean> {
  const { resumed } = exchange;
  if (!resumed) return false;
  const approval = await approvals.get(resumed.approval);
  if (!approval || !isCovered(approval, call, demands)) return false;
  if (!(await approvals.nextRound(resumed.approval, resumed.round))) return false;
  exchange.grant = grantOf(approval, resumed.round + 1);
  return true;
}

/** True where an approval satisfies all that the rules ask for, and is for this call, whatever answers it brings. */
function isCovered(
  approval: Approval,
  call: AskedCall,
  demands: readonly ApprovalDemand[],
): boolean {
  const satisfied = new Set(approval.demands.map(demandKey));
  if (demands.length === 0 || !demands.every((demand) => satisfied.has(demandKey(demand))))
    return false;
  return digestOf(withoutAnswers(approval.call)) === digestOf(withoutAnswers(call));
}

function withoutAnswers({ caller, args: { inputResponses: _, ...args } }: AskedCall): JsonObject {
  const { client = null, actor = null } = caller;
  return { client, actor, args };
}
