import { applyMasks } from '../../mask/mask.ts';
import type { Decision } from '../../model/decision.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ErrorFrame, Frame, RequestFrame } from '../../model/message.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { ABSENT } from '../../policy/subject.ts';
import { visitsOf } from '../../protocol/input-requests.ts';
import { type Part, type PartKind, valueAt } from '../carried.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { bodyOf } from '../frame-body.ts';
import type { RuleCounts } from '../rule-counts.ts';
import { callSubject, subjectOf } from '../subject-of.ts';
import { judgeRevealed } from '../token/token-reveal.ts';
import {
  blockFor,
  decideByGrant,
  decideMessage,
  decisionDetail,
  NO_POLICY,
  refuse,
  union,
} from './decide.ts';
import { broke } from './input-parts.ts';
import { carryCharge, chargeOf, questionName } from './limit-charges.ts';

/** Judges what a message carries inside, each part as if it had come by itself. One that is refused stops the whole. */
export function decideParts(catalog: ToolCatalog, counts: RuleCounts): Stage {
  return (frame, exchange) => {
    if (frame.kind === 'error') return decideUrls(frame, exchange, catalog, counts);
    const { parts } = exchange.carried;
    if (parts.length === 0) return forward(frame);
    const { policies } = exchange.snapshot;
    if (!policies) return refuse(frame, NO_POLICY, exchange);
    const judged = [...parts];
    for (const [index, part] of parts.entries()) {
      const decision = decidePart(part, frame, exchange, policies, catalog);
      if (!decision) continue;
      judged[index] = { ...part, masks: union(masksSoFar(exchange), decision.masks) };
      exchange.carried = { ...exchange.carried, parts: judged };
      const unnamed = hasMaskedKey(judged[index], exchange);
      if (unnamed) judged[index] = part;
      const due = unnamed && decision.effect === 'allow' ? MASKED_KEY : decision;
      const what = unnamed
        ? methodOf(part)
        : `${part.path.slice(0, 2).join('.')} ${methodOf(part)}`;
      exchange.note('decided', { ...decisionDetail(due), what });
      counts.note(due);
      if (due.effect !== 'allow') return refuse(frame, settle(due, frame, exchange), exchange);
      addCharge(part, due, exchange);
    }
    const { source: _, ...rest } = frame;
    return forward(rest);
  };
}

/** A request of the upstream's counts; the client's answer to it doesn't, for it was counted when it was asked. */
function addCharge({ what, path }: Part, decision: Decision, exchange: Exchange): void {
  if (what.kind !== 'request') return;
  const key = String(path[1]);
  carryCharge(chargeOf(decision, questionName(key, what, exchange)), exchange);
}

const MASKED_KEY = blockFor('the name of an input request holds what must be masked');

/** Undefined for what needs no judgement. */
function decidePart(
  { what, path }: Part,
  frame: Frame,
  exchange: Exchange,
  policies: PolicySet,
  catalog: ToolCatalog,
): Decision | undefined {
  switch (what.kind) {
    case 'request':
      return decideMessage(asRequest(what.method, what.params), exchange, policies, catalog);
    case 'answer': {
      const { method } = what;
      return judgeRevealed(path.join('.'), frame, exchange, (shown) => {
        const result = valueAt(bodyOf(shown) ?? {}, path) ?? what.result;
        return decideByGrant(subjectOf(exchange, catalog, { method, result }), policies);
      });
    }
    case 'outcome':
      return decideOutcome(what, exchange, policies, catalog);
    case 'own':
    case 'unasked':
      return undefined;
  }
}

/** Judged as the answer to the call that made the task. */
function decideOutcome(
  outcome: Extract<PartKind, { kind: 'outcome' }>,
  exchange: Exchange,
  policies: PolicySet,
  catalog: ToolCatalog,
): Decision {
  const task = exchange.carried.task ?? exchange.task;
  const { method } = exchange;
  const params = exchange.reached ?? exchange.params ?? {};
  const result = 'result' in outcome ? outcome.result : ABSENT;
  const error = 'error' in outcome ? outcome.error : ABSENT;
  const call = task
    ? callSubject(exchange, catalog, task, result)
    : subjectOf(exchange, catalog, { method, params, result });
  const none = { matched: [], would: [], masks: [], limits: [], unjudged: [] };
  const passed = {
    effect: 'allow',
    reason: 'no rule looks at results',
    denial: 'explain',
  } as const;
  return policies.judgeResult({ ...call, error }) ?? { ...passed, ...none };
}

/** The URLs of an error that sends the client to visit them are judged as requests to do so. */
function decideUrls(
  frame: ErrorFrame,
  exchange: Exchange,
  catalog: ToolCatalog,
  counts: RuleCounts,
) {
  const visits = frame.direction === 'up' ? [] : visitsOf({ ...frame.message.error });
  if (typeof visits === 'string') return broke(frame, visits, exchange);
  if (visits.length === 0) return forward(frame);
  const { policies } = exchange.snapshot;
  if (!policies) return refuse(frame, NO_POLICY, exchange);
  for (const visit of visits) {
    const request = asRequest('elicitation/create', visit);
    const decision = decideMessage(request, exchange, policies, catalog);
    exchange.note('decided', { ...decisionDetail(decision), what: 'elicitation/create (url)' });
    counts.note(decision);
    const settled = settle(decision, frame, exchange);
    if (decision.effect !== 'allow') return refuse(frame, settled, exchange);
    carryCharge(chargeOf(decision), exchange);
  }
  const { source: _, ...rest } = frame;
  return forward(rest);
}

function asRequest(method: string, params: JsonObject): RequestFrame {
  const message = { jsonrpc: '2.0', id: 0, method, params } as const;
  return { kind: 'request', direction: 'down', message };
}

/** What a transcript says of the exchange as a whole is what stopped it; masks stay due. */
function settle(decision: Decision, frame: Frame, exchange: Exchange): Decision {
  const settled = { ...decision, masks: union(masksSoFar(exchange), decision.masks) };
  if (frame.kind === 'notification') return settled;
  const before = exchange.decision;
  exchange.decision =
    decision.effect === 'allow' && before ? { ...before, masks: settled.masks } : settled;
  return settled;
}

function masksSoFar({ decision, passing }: Exchange) {
  return union(decision?.masks, passing?.masks);
}

/** A client answers under the name as it stands, so it can't be masked. */
function hasMaskedKey(part: Part | undefined, { masking }: Exchange): boolean {
  const [, key] = part?.path ?? [];
  if (part?.what.kind !== 'request' || typeof key !== 'string') return false;
  return (
    applyMasks(key, part.masks ?? [], { place: 'data', side: 'result', context: masking }).value !==
    key
  );
}

function methodOf({ what }: Part): string {
  return what.kind === 'request' || what.kind === 'answer' ? what.method : '';
}
