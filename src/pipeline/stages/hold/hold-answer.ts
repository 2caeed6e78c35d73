import type { Approval, ApprovalState } from '../../../model/approval.ts';
import type { Decision } from '../../../model/decision.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { RequestFrame } from '../../../model/message.ts';
import { errorAnswer, rpcCodes } from '../../../protocol/jsonrpc.ts';
import { targetOf } from '../../../protocol/methods.ts';
import type { Verdict } from '../../contract.ts';
import type { Exchange } from '../../exchange.ts';
import { DECISION_KEY, decisionFacts } from '../../refusal.ts';

/** Characters of a name, and of a reason, that an answer repeats. */
const MAX_SHOWN = 200;
const MAX_REASON = 2_000;
/** Seconds after which a call is worth another try. */
const TRY_AGAIN = { pending: 5, granted: 1 } as const;

export type Page = string | undefined;

/** What a client may know of an approval that its call waits for. */
export function approvalFacts(
  approval: Approval,
  decision: Decision,
  exchange: Exchange,
  page: Page,
): JsonObject {
  const { id, state, expiresAt, usableUntil } = approval;
  const expires = new Date(state === 'granted' ? (usableUntil ?? expiresAt) : expiresAt);
  const again = state === 'pending' || state === 'granted' ? TRY_AGAIN[state] : undefined;
  return {
    ...decisionFacts(decision, exchange.id),
    effect: 'approve',
    approval: {
      ...{ id, state, expires: expires.toISOString() },
      ...(page === undefined ? {} : { url: page }),
    },
    ...(again === undefined ? {} : { retryAfter: again }),
  };
}

/**
 * The answer to a call that is not made, or not yet, because of an approval: for a tool a result that a model can read
 * and act on, for anything else an error.
 */
export function approvalAnswer(
  { message }: RequestFrame,
  approval: Approval,
  decision: Decision,
  exchange: Exchange,
  page: Page,
): Verdict {
  const { id, method, params } = message;
  const facts = approvalFacts(approval, decision, exchange, page);
  const { kind, name } = targetOf(method, params);
  const what = kind === 'methods' ? name : `${method} ${name}`;
  const said = sentences[approval.state](approval, decision, page).replaceAll(/ {2,}/g, ' ').trim();
  const where = `(approval ${approval.id}, exchange ${exchange.id})`;
  const text = `${what.slice(0, MAX_SHOWN)}: ${said} ${where}`;
  const reason = `approval ${approval.id} is ${approval.state}`;
  if (method !== 'tools/call') {
    const waits = approval.state === 'pending' || approval.state === 'granted';
    const code = waits ? rpcCodes.held : rpcCodes.denied;
    return {
      kind: 'answer',
      reason,
      answer: errorAnswer(id, code, text, { [DECISION_KEY]: facts }),
    };
  }
  const result = {
    ...(exchange.stateless ? { resultType: 'complete' } : {}),
    content: [{ type: 'text', text }],
    isError: true,
    _meta: { [DECISION_KEY]: facts },
  };
  return { kind: 'answer', reason, answer: { jsonrpc: '2.0', id, result } };
}

type Sentence = (approval: Approval, decision: Decision, page: Page) => string;

/** What a model is told, and what it can do about it. */
const sentences: Readonly<Record<ApprovalState, Sentence>> = {
  pending: ({ expiresAt }, { reason }, page) =>
    [
      `It waits for approval, and has not been made. ${because(reason)}`,
      `Somebody has to say yes by ${timeOf(expiresAt)}${page === undefined ? '' : ` at ${page}`}.`,
      'Then call again with the same arguments; others need another approval.',
    ].join(' '),
  granted: ({ usableUntil, expiresAt }) =>
    `It is approved, and has not been made yet. Call again with the same arguments by ${timeOf(usableUntil ?? expiresAt)}.`,
  denied: ({ reason }) =>
    `It was denied. ${because(reason)} Do not repeat it unchanged; try something else, or ask whoever you work for.`,
  expired: () =>
    'Nobody has approved it in time, so it was not made. If it is still needed, call again to ask anew.',
  cancelled: ({ reason }) => `It was given up before anybody decided. ${because(reason)}`,
  revoked: ({ reason }) =>
    `Its approval was taken back. ${because(reason)} Call again to ask anew, if it is still needed.`,
  used: () => 'Its approval was used by another call. Call again to ask anew.',
};

function because(reason: string | undefined): string {
  if (!reason) return '';
  return `Reason: ${reason.slice(0, MAX_REASON).replace(/[.!?]\s*$/, '')}.`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
