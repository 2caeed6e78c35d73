import type { Decision, MaskObligation } from '../../model/decision.ts';
import type { JsonObject } from '../../model/json.ts';
import type { AnswerFrame, Frame, NotificationFrame, RequestFrame } from '../../model/message.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { ABSENT, type Subject, UNKNOWN } from '../../policy/subject.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { methodRow, targetOf } from '../../protocol/methods.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import { demandKey } from '../demand-key.ts';
import type { Exchange } from '../exchange.ts';
import { DECISION_KEY, decisionFacts, refusal } from '../refusal.ts';
import type { RuleCounts } from '../rule-counts.ts';
import { callSubject, subjectOf } from '../subject-of.ts';
import type { Task } from '../tasks.ts';
import { judgeRevealed } from '../token/token-reveal.ts';
import { toolFact } from '../tool-fact.ts';

/** Judges every message, whoever sent it. */
export function decide(catalog: ToolCatalog, counts: RuleCounts): Stage {
  return (frame, exchange) => {
    const { policies } = exchange.snapshot;
    if (!policies) return refuse(frame, NO_POLICY, exchange);
    if (frame.kind === 'result' || frame.kind === 'error') {
      return decideAnswer(frame, exchange, policies, catalog, counts);
    }
    const decision = decideMessage(frame, exchange, policies, catalog);
    counts.note(decision);
    exchange.passing = decision;
    return verdictOf(frame, decision, exchange, () => toolNamed(frame, exchange, catalog));
  };
}

export const NO_POLICY = blockFor('no policy is loaded');

/** A block that no rule decides. */
export function blockFor(reason: string): Decision {
  const none = { matched: [], would: [], masks: [], limits: [], unjudged: [] };
  return { effect: 'block', reason, denial: 'explain', ...none };
}

/** Judges a request or notification by its method's way of being granted. */
export function decideMessage(
  frame: RequestFrame | NotificationFrame,
  exchange: Exchange,
  policies: PolicySet,
  catalog: ToolCatalog,
): Decision {
  return judgeRevealed('', frame, exchange, (shown) => {
    return decideShown(shown as typeof frame, exchange, policies, catalog);
  });
}

/** The same of a message as its receiver will get it. */
function decideShown(
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
  const task = exchange.carried.task ?? exchange.task;
  const decision =
    methodRow(method).grant === 'task' && task
      ? decideTask(task, method, exchange, catalog)
      : decideByGrant(subject, policies);
  return withUpstreamMasks(frame, subject, decision, policies);
}

/**
 * What concerns a task follows the call that made it, judged by the rules of now, unless a rule on the method itself
 * stops it.
 */
export function decideTask(
  task: Task,
  method: string,
  exchange: Exchange,
  catalog: ToolCatalog,
): Decision {
  const { policies } = exchange.snapshot;
  if (!policies) return NO_POLICY;
  const own = policies.judge(subjectOf(exchange, catalog, { method, params: {}, result: UNKNOWN }));
  if (own.rule !== undefined && own.effect !== 'allow') return own;
  const judged = policies.judge(callSubject(exchange, catalog, task, UNKNOWN));
  const call = asApproved(judged, task);
  const forgotten = ' (the gate has forgotten the arguments of the call that made the task)';
  return {
    ...call,
    reason: call.effect === 'allow' || task.call ? call.reason : call.reason + forgotten,
    masks: union(call.masks, own.masks),
    would: [...call.would, ...own.would],
    // The call was counted when it was made; to ask for its task is no call.
    limits: own.limits,
    shadowLimits: own.shadowLimits ?? [],
  };
}

/** What somebody has said yes to needs no second yes, unless the rules ask for more by now. */
function asApproved({ approvals, ...decision }: Decision, { approved }: Task): Decision {
  const asks = decision.effect === 'approve' && approvals ? approvals.map(demandKey) : [];
  const covered = asks.length > 0 && asks.every((key) => approved?.demands.includes(key));
  if (!covered) return { ...decision, ...(approvals && { approvals }) };
  const reason = `the call that made the task was approved (approval ${approved?.approval})`;
  return { ...decision, effect: 'allow', reason };
}

export function decideByGrant(subject: Subject, policies: PolicySet): Decision {
  const row = methodRow(subject.request.method);
  switch (row.grant) {
    case 'rule':
      return policies.judge(subject);
    case 'session':
      return policies.judgeSession(subject);
    case 'reference':
      return decideReference(subject, row.as, policies);
    case 'task':
      return blockFor('it names no task');
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
  counts: RuleCounts,
): Verdict {
  const judgeAnswer = (shown: Frame) => {
    return decideByGrant(answerSubject(shown as AnswerFrame, exchange, catalog), policies);
  };
  // The client's answer to a server's request begins an exchange; others were judged when their call was.
  const found = exchange.decision
    ? policies.judgeResult(answerSubject(frame, exchange, catalog))
    : judgeRevealed('', frame, exchange, judgeAnswer);
  if (!found) return forward(frame);
  counts.note(found);
  const decision = exchange.carried.interim ? unlessStopped(found) : found;
  // A mask that the call brought stays due, though what was masked may keep its rule from matching again.
  exchange.decision = { ...decision, masks: union(exchange.decision?.masks, decision.masks) };
  exchange.note('decided', decisionDetail(decision));
  if (decision.effect !== 'allow') return refuse(frame, decision, exchange);
  // The receiver reads just what was judged.
  const { source: _, ...judged } = frame;
  return forward(judged);
}

/** The answer of a task is judged as that of the call that made it. */
function answerSubject(frame: AnswerFrame, exchange: Exchange, catalog: ToolCatalog): Subject {
  const { method, task } = exchange;
  const params = exchange.reached ?? exchange.params;
  const result = frame.kind === 'result' ? frame.message.result : ABSENT;
  const error = frame.kind === 'error' ? { ...frame.message.error } : ABSENT;
  if (task) return { ...callSubject(exchange, catalog, task, result), error };
  return {
    ...subjectOf(exchange, catalog, {
      method,
      result,
      ...(params === undefined ? {} : { params }),
    }),
    error,
  };
}

/** What is not the result yet can't be what a rule that allows by the result waits for; the call was let through. */
function unlessStopped(decision: Decision): Decision {
  if (decision.effect === 'allow' || decision.rule !== undefined) return decision;
  return { ...decision, effect: 'allow', reason: 'the call was let through' };
}

/** All masks of both, each once. */
export function union(
  some: readonly MaskObligation[] = [],
  more: readonly MaskObligation[] = [],
): readonly MaskObligation[] {
  if (some.length === 0) return more;
  return more.length === 0 ? some : [...new Set([...some, ...more])];
}

/**
 * Names what rules could read of the tool that is called, so that the call can be judged again as it was; null where
 * they could read nothing.
 */
function toolNamed(
  { message: { method, params } }: RequestFrame | NotificationFrame,
  exchange: Exchange,
  catalog: ToolCatalog,
): JsonObject {
  const { policies } = exchange.snapshot;
  const { kind, name } = targetOf(method, params);
  if (kind !== 'tools' || !policies) return {};
  const facts = catalog.facts(exchange.upstream, name);
  if (!facts) return { tool: null };
  const subject = subjectOf(exchange, catalog, { method, result: UNKNOWN });
  const masks = policies.masksOfUpstream(subject);
  return { tool: exchange.keepFact(toolFact(facts, masks, exchange.masking)) };
}

function verdictOf(
  frame: RequestFrame | NotificationFrame,
  decision: Decision,
  exchange: Exchange,
  named: () => JsonObject,
): Verdict {
  const begins = exchange.decision === undefined;
  if (begins) exchange.decision = decision;
  if (begins || decision.effect !== 'allow' || decision.would.length > 0) {
    exchange.note('decided', { ...decisionDetail(decision), ...(begins && named()) });
  }
  const holds = decision.effect === 'approve' && canHold(frame);
  if (decision.effect !== 'allow' && !holds) return refuse(frame, decision, exchange);
  // The receiver reads just what was judged: of two members of one name, only the one that was.
  const { source: _, ...judged } = frame;
  if (holds && judged.kind === 'request') exchange.judged = judged;
  return forward(judged);
}

/**
 * True of a request that waits in the hold stage. Nothing else can wait for a yes: not what upstreams send, not what is
 * part of every session, not what follows another right.
 */
function canHold({ kind, direction, message: { method } }: RequestFrame | NotificationFrame) {
  return kind === 'request' && direction === 'up' && methodRow(method).grant === 'rule';
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
    case 'request': {
      const { id, stateless } = exchange;
      return { kind: 'answer', reason, answer: refusal(frame.message, decision, id, stateless) };
    }
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
      const answer = refusal(request, decision, exchange.id, exchange.stateless);
      return { kind: 'answer', reason, answer };
    }
  }
}
