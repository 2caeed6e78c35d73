import type { Decision, MaskObligation } from '../../model/decision.ts';
import type { JsonObject } from '../../model/json.ts';
import type { AnswerFrame, Frame, NotificationFrame, RequestFrame } from '../../model/message.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { ABSENT, type Subject, UNKNOWN } from '../../policy/subject.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { DECISION_KEY, decisionFacts, refusal } from '../refusal.ts';
import { subjectOf } from '../subject-of.ts';

/** Judges every message, whoever sent it. */
export function decide(catalog: ToolCatalog): Stage {
  return (frame, exchange) => {
    const { policies } = exchange.snapshot;
    if (!policies) return refuse(frame, NO_POLICY, exchange);
    if (frame.kind === 'result' || frame.kind === 'error') {
      return decideAnswer(frame, exchange, policies, catalog);
    }
    const decision = decideMessage(frame, exchange, policies, catalog);
    exchange.passing = decision;
    return verdictOf(frame, decision, exchange);
  };
}

const NO_POLICY = blockFor('no policy is loaded');

/** A block that no rule decides. */
export function blockFor(reason: string): Decision {
  const none = { matched: [], would: [], masks: [], unjudged: [] };
  return { effect: 'block', reason, denial: 'explain', ...none };
}

/** Judges a request or notification by its method's way of being granted. */
export function decideMessage(
  frame: RequestFrame | NotificationFrame,
  exchange: Exchange,
  policies: PolicySet,
  catalog: ToolCatalog,
): Decision {
  const { method, params } = frame.message;
  const subject = subjectOf(exchange, catalog, {
    method,
    result: UNKNOWN,
    ...(params === undefined ? {} : { params }),
  });
  return withUpstreamMasks(frame, subject, decideByGrant(subject, policies), policies);
}

function decideByGrant(subject: Subject, policies: PolicySet): Decision {
  const row = methodRow(subject.request.method);
  switch (row.grant) {
    case 'rule':
      return policies.judge(subject);
    case 'session':
      return policies.judgeSession(subject);
    case 'reference':
      return decideReference(subject, row.as, policies);
  }
}

/** What a server sends of its own may carry what any call here would have masked. */
function withUpstreamMasks(
  frame: Frame,
  subject: Subject,
  decision: Decision,
  policies: PolicySet,
): Decision {
  if (frame.direction === 'up') return decision;
  return { ...decision, masks: union(decision.masks, policies.masksOfUpstream(subject)) };
}

/** May be sent by whoever could use the target with some arguments. */
function decideReference(subject: Subject, as: string | undefined, policies: PolicySet): Decision {
  const decision = policies.judge(subject);
  const explicit = decision.rule !== undefined;
  const method = as ?? (subject.target.kind === 'prompts' ? 'prompts/get' : 'resources/read');
  const request = { ...subject.request, method };
  const use: Subject = { ...subject, request, args: UNKNOWN, meta: UNKNOWN };
  const usable = subject.target.name.includes('{')
    ? policies.couldAllowTemplate(use)
    : policies.couldAllow(use);
  if (explicit && decision.effect !== 'allow') return decision;
  if (usable || explicit)
    return { ...decision, effect: 'allow', reason: 'follows the right to use it' };
  return {
    ...decision,
    effect: 'block',
    reason: `no rule allows ${method} ${subject.target.name}`,
  };
}

/** Judges the answer to a request that was let through. */
function decideAnswer(
  frame: AnswerFrame,
  exchange: Exchange,
  policies: PolicySet,
  catalog: ToolCatalog,
): Verdict {
  const subject = subjectOf(exchange, catalog, {
    method: exchange.method,
    result: frame.kind === 'result' ? frame.message.result : ABSENT,
    ...(exchange.params === undefined ? {} : { params: exchange.params }),
  });
  // The client's answer to a server's request begins an exchange; others were judged when their call was.
  const decision = exchange.decision
    ? policies.judgeResult(subject)
    : decideByGrant(subject, policies);
  if (!decision) return forward(frame);
  // A mask that the call brought stays due, though what was masked may keep its rule from matching again.
  exchange.decision = { ...decision, masks: union(exchange.decision?.masks, decision.masks) };
  exchange.note('decided', decisionDetail(decision));
  if (decision.effect !== 'allow') return refuse(frame, decision, exchange);
  // The receiver reads just what was judged.
  const { source: _, ...judged } = frame;
  return forward(judged);
}

/** All masks of both, each once. */
export function union(
  some: readonly MaskObligation[] = [],
  more: readonly MaskObligation[] = [],
): readonly MaskObligation[] {
  if (some.length === 0) return more;
  return more.length === 0 ? some : [...new Set([...some, ...more])];
}

function verdictOf(
  frame: RequestFrame | NotificationFrame,
  decision: Decision,
  exchange: Exchange,
): Verdict {
  const begins = exchange.decision === undefined;
  if (begins) exchange.decision = decision;
  if (begins || decision.effect !== 'allow' || decision.would.length > 0) {
    exchange.note('decided', decisionDetail(decision));
  }
  // A request on its way up waits in the hold stage; nothing else can wait for a yes.
  const holds = frame.kind === 'request' && frame.direction === 'up';
  const passes = decision.effect === 'allow' || (decision.effect === 'approve' && holds);
  return passes ? forward(frame) : refuse(frame, decision, exchange);
}

/** What a transcript says of a decision. */
export function decisionDetail(decision: Decision): JsonObject {
  const { effect, rule, reason, matched, would, unjudged } = decision;
  return {
    effect,
    ...(rule === undefined ? {} : { rule }),
    reason,
    ...(matched.length > 1 ? { matched } : {}),
    ...(would.length > 0 ? { would: would.map(({ rule, effect }) => ({ rule, effect })) } : {}),
    ...(unjudged.length > 0 ? { unjudged } : {}),
  };
}

/** What becomes of a frame that is not let through: its sender, or whoever waits for it, gets an answer. */
export function refuse(frame: Frame, decision: Decision, exchange: Exchange): Verdict {
  const { reason } = decision;
  switch (frame.kind) {
    case 'request':
      return { kind: 'answer', reason, answer: refusal(frame.message, decision, exchange.id) };
    case 'notification':
      return { kind: 'drop', reason };
    case 'result':
    case 'error': {
      const { id } = frame.message;
      const method = exchange.method;
      const params = exchange.params ?? {};
      if (frame.direction === 'up' || id === null) {
        const facts = { [DECISION_KEY]: decisionFacts(decision, exchange.id) };
        const text = `Blocked by policy: ${reason}`;
        return { kind: 'answer', reason, answer: errorAnswer(id, rpcCodes.blocked, text, facts) };
      }
      const request = { jsonrpc: '2.0' as const, id, method, params };
      return { kind: 'answer', reason, answer: refusal(request, decision, exchange.id) };
    }
  }
}
