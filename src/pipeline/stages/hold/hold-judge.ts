import { isDeepStrictEqual } from 'node:util';
import type { ApprovalDemand } from '../../../model/approval.ts';
import type { Decision } from '../../../model/decision.ts';
import type { RequestFrame } from '../../../model/message.ts';
import { asksTheSame } from '../../approval/demands.ts';
import type { ToolCatalog } from '../../catalog.ts';
import type { Stage, Verdict } from '../../contract.ts';
import type { Exchange } from '../../exchange.ts';
import type { Snapshot } from '../../snapshot.ts';
import { decideMessage, decisionDetail, NO_POLICY, refuse } from '../decide.ts';

export interface JudgeOptions {
  /** What is in force now. */
  readonly snapshot: () => Snapshot;
  readonly catalog: ToolCatalog;
  /** Judges what a message carries inside. */
  readonly parts: Stage;
  /** Judges whether its tool is still the one that was accepted. */
  readonly pinned: Stage;
}

/** What the policies of now say of a call that has waited. */
export type JudgedAgain =
  /** The same as before: it goes on once it is approved. */
  | { readonly kind: 'approve' }
  /** It needs no approval any longer. */
  | { readonly kind: 'allow' }
  | { readonly kind: 'refuse'; readonly verdict: Verdict }
  /** Something else than people were asked, or would be sent. */
  | { readonly kind: 'changed' };

const CHANGED = { kind: 'changed' } as const;

/** What the rules ask for before a request may go on, as it came and as it would be sent. */
export function demandsOn({ decision, passing }: Exchange): readonly ApprovalDemand[] {
  const own = decision?.approvals ?? [];
  const more = passing && passing !== decision ? (passing.approvals ?? []) : [];
  const rules = new Set(own.map(({ rule }) => rule));
  return [...own, ...more.filter(({ rule }) => !rules.has(rule))];
}

/**
 * Judges a call that has waited by the policies of now, as it came and as it would be sent. It must not pass by masks
 * that are not its own: where others are due, it has to come again.
 *
 * @param frame as it would be sent
 */
export function judgeAgain(
  frame: RequestFrame,
  exchange: Exchange,
  { snapshot, catalog, parts, pinned }: JudgeOptions,
): JudgedAgain {
  const { decision: before, passing, judged = frame } = exchange;
  const demands = demandsOn(exchange);
  const { snapshot: former } = exchange;
  exchange.snapshot = snapshot();
  const { policies } = exchange.snapshot;
  if (!before || !policies) return stopped(frame, NO_POLICY, exchange);
  const came = decideMessage(judged, exchange, policies, catalog);
  if (came.effect === 'block') return stopped(frame, withMasks(came, before), exchange);
  const sent = decideMessage(frame, exchange, policies, catalog);
  if (sent.effect === 'block') return stopped(frame, withMasks(sent, before), exchange);
  if (!hasSameDuties(came, before)) return CHANGED;
  // Answers to nothing that was asked come without a kind to judge them by once more.
  if (former !== exchange.snapshot && hasUnasked(exchange)) return CHANGED;
  const inside = judgeInside(judged, exchange, parts);
  if (inside) return inside;
  const pin = pinned(frame, exchange);
  if (!(pin instanceof Promise) && pin.kind !== 'forward') return { kind: 'refuse', verdict: pin };
  exchange.decision = withMasks(came, before);
  exchange.passing = passing === before ? exchange.decision : sent;
  // What masks have taken away needs no approval, as when it was judged for the first time.
  if (sent.effect === 'allow') {
    exchange.decision = withMasks(sent, before);
    return { kind: 'allow' };
  }
  if (came.effect !== 'approve') return CHANGED;
  return asksTheSame(demandsOn(exchange), demands) ? { kind: 'approve' } : CHANGED;
}

function stopped(frame: RequestFrame, decision: Decision, exchange: Exchange): JudgedAgain {
  exchange.decision = decision;
  exchange.passing = decision;
  exchange.note('decided', decisionDetail(decision));
  return { kind: 'refuse', verdict: refuse(frame, decision, exchange) };
}

/** What is recorded of it stays masked. */
function withMasks(decision: Decision, { masks }: Decision): Decision {
  return { ...decision, masks };
}

function hasUnasked({ carried: { parts } }: Exchange): boolean {
  return parts.some(({ what }) => what.kind === 'unasked');
}

/** What the client answers to questions of the upstream's, each judged by itself. */
function judgeInside(
  judged: RequestFrame,
  exchange: Exchange,
  parts: Stage,
): JudgedAgain | undefined {
  const { carried } = exchange;
  if (!carried.parts.some(({ what }) => what.kind === 'answer')) return undefined;
  const verdict = parts(judged, exchange);
  const after = exchange.carried.parts;
  exchange.carried = carried;
  if (verdict instanceof Promise) return CHANGED;
  if (verdict.kind !== 'forward') return { kind: 'refuse', verdict };
  const masksIn = (some: typeof after) => some.map(({ masks }) => masks?.map(withoutPosition));
  return isDeepStrictEqual(masksIn(after), masksIn(carried.parts)) ? undefined : CHANGED;
}

/** True where the same is masked, and the same tokens are put back. */
function hasSameDuties(now: Decision, before: Decision): boolean {
  return (
    isDeepStrictEqual(now.masks.map(withoutPosition), before.masks.map(withoutPosition)) &&
    isDeepStrictEqual(now.reveals ?? [], before.reveals ?? [])
  );
}

/** Where a rule stands in its file is no difference. */
function withoutPosition<T extends { readonly at: unknown }>({ at: _, ...mask }: T) {
  return mask;
}
