import type { Decision } from '../model/decision.ts';
import type { JsonObject } from '../model/json.ts';
import type { AnswerFrame, Request, RequestId } from '../model/message.ts';
import { spanText } from '../model/span-text.ts';
import { errorAnswer, rpcCodes } from '../protocol/jsonrpc.ts';
import { methodRow, targetOf } from '../protocol/methods.ts';

/** The member of `_meta` and `data` that carries a decision. */
export const DECISION_KEY = 'dev.sallyport/decision';

/** Characters of a name that a refusal repeats. */
const MAX_SHOWN = 200;

/** What of a decision its caller may know. */
export function decisionFacts(decision: Decision, exchange: string): JsonObject {
  const { effect, rule, reason, retryAfter } = decision;
  return {
    effect,
    ...(rule === undefined ? {} : { rule }),
    reason,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    exchange,
  };
}

/**
 * The answer to a refused request. A tool call gets a result that a model can read and act on; anything else gets an
 * error; a rule with `denial: hide` makes its target look as if it did not exist.
 *
 * @param stateless the client speaks a revision without sessions, whose results have a type.
 */
export function refusal(
  request: Request,
  decision: Decision,
  exchange: string,
  stateless = false,
): AnswerFrame['message'] {
  if (decision.denial === 'hide') return notFound(request, stateless);
  const facts = decisionFacts(decision, exchange);
  const text = explain(request, decision, exchange);
  if (request.method !== 'tools/call') {
    return errorAnswer(request.id, rpcCodes.blocked, text, { [DECISION_KEY]: facts });
  }
  return {
    jsonrpc: '2.0',
    id: request.id,
    result: {
      ...(stateless ? { resultType: 'complete' } : {}),
      content: [{ type: 'text', text }],
      isError: true,
      _meta: { [DECISION_KEY]: facts },
    },
  };
}

function explain(request: Request, decision: Decision, exchange: string): string {
  const { kind, name } = targetOf(request.method, request.params);
  const shown = name.slice(0, MAX_SHOWN);
  const what = kind === 'methods' ? shown : `${request.method} ${shown}`;
  const by = decision.rule === undefined ? 'policy' : `policy rule "${decision.rule}"`;
  const reason = decision.reason.replace(/[.!?]\s*$/, '');
  const hint = hintFor(decision);
  return `Blocked by ${by}: ${what}. Reason: ${reason}. ${hint} (exchange ${exchange})`;
}

function hintFor({ effect, retryAfter }: Decision): string {
  if (retryAfter !== undefined) return `Try again in ${spanText(retryAfter * 1_000)}.`;
  return effect === 'approve'
    ? 'Nobody can say yes to it here, so it can not go through; ask an administrator.'
    : 'Do not repeat it unchanged. Try what the rule allows, or ask an administrator to change it.';
}

function notFound({ id, method, params }: Request, stateless: boolean): AnswerFrame['message'] {
  const { kind, name } = targetOf(method, params);
  if (methodRow(method).grant === 'task') {
    return errorAnswer(id, rpcCodes.invalidParams, 'Failed to retrieve task: Task not found');
  }
  switch (kind) {
    case 'tools':
      return errorAnswer(id, rpcCodes.invalidParams, `Unknown tool: ${name}`);
    case 'prompts':
      return errorAnswer(id, rpcCodes.invalidParams, `Unknown prompt: ${name}`);
    case 'resources':
      return errorAnswer(id, resourceNotFound(stateless), 'Resource not found', { uri: name });
    case 'methods':
      return methodNotFound(id);
  }
}

/** The code has changed with 2026-07-28 (resources, error handling). */
function resourceNotFound(stateless: boolean): number {
  return stateless ? rpcCodes.invalidParams : rpcCodes.resourceNotFound;
}

function methodNotFound(id: RequestId): AnswerFrame['message'] {
  return errorAnswer(id, rpcCodes.methodNotFound, 'Method not found');
}
