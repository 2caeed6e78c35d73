import type { Decision } from '../model/decision.ts';
import type { JsonObject } from '../model/json.ts';
import type { AnswerFrame, Request, RequestId } from '../model/message.ts';
import { errorAnswer, rpcCodes } from '../protocol/jsonrpc.ts';
import { targetOf } from '../protocol/methods.ts';

/** The member of `_meta` and `data` that carries a decision. */
export const DECISION_KEY = 'dev.sallyport/decision';

/** Characters of a name that a refusal repeats. */
const MAX_SHOWN = 200;

/** What of a decision its caller may know. */
export function decisionFacts(decision: Decision, exchange: string): JsonObject {
  const { effect, rule, reason } = decision;
  return { effect, ...(rule === undefined ? {} : { rule }), reason, exchange };
}

/**
 * The answer to a refused request. A tool call gets a result that a model can read and act on; anything else gets an
 * error; a rule with `denial: hide` makes its target look as if it did not exist.
 */
export function refusal(
  request: Request,
  decision: Decision,
  exchange: string,
): AnswerFrame['message'] {
  if (decision.denial === 'hide') return notFound(request);
  const facts = decisionFacts(decision, exchange);
  const text = explain(request, decision, exchange);
  if (request.method !== 'tools/call') {
    return errorAnswer(request.id, rpcCodes.blocked, text, { [DECISION_KEY]: facts });
  }
  return {
    jsonrpc: '2.0',
    id: request.id,
    result: {
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
  const hint =
    decision.effect === 'approve'
      ? 'Approvals are not available yet, so the call can not go through; ask an administrator.'
      : 'Do not repeat it unchanged. Try what the rule allows, or ask an administrator to change it.';
  return `Blocked by ${by}: ${what}. Reason: ${reason}. ${hint} (exchange ${exchange})`;
}

function notFound({ id, method, params }: Request): AnswerFrame['message'] {
  const { kind, name } = targetOf(method, params);
  switch (kind) {
    case 'tools':
      return errorAnswer(id, rpcCodes.invalidParams, `Unknown tool: ${name}`);
    case 'prompts':
      return errorAnswer(id, rpcCodes.invalidParams, `Unknown prompt: ${name}`);
    case 'resources':
      return errorAnswer(id, rpcCodes.resourceNotFound, 'Resource not found', { uri: name });
    case 'methods':
      return methodNotFound(id);
  }
}

function methodNotFound(id: RequestId): AnswerFrame['message'] {
  return errorAnswer(id, rpcCodes.methodNotFound, 'Method not found');
}
