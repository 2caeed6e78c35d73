import { isObject, type JsonObject } from '../../model/json.ts';
import type { AnswerFrame, Frame, NotificationFrame, RequestFrame } from '../../model/message.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { lacksTarget, methodRow, targetOf } from '../../protocol/methods.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';

/** Characters that a name or URI may have: rules are matched against it, and transcripts and refusals repeat it. */
const MAX_NAME = 8_192;

/**
 * A URI that can be written more simply (RFC 3986, section 6.2.2): dot segments, characters that need no percent escape
 * and have one, backslashes, control characters, blanks around it. A rule would read it one way, an upstream another.
 */
const STRANGE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u001f\u007f\\]|^ | $|%(?:2[de]|3\d|[46][1-9a-f]|[57][0-9a]|5f|7e)|(?:^|\/|%2f|%5c)\.{1,2}(?:\/|%2f|%5c|[?#]|$)/i;

/** Stops what can't be judged, and takes off what no rule could see. */
export const screen: Stage = (frame, exchange) => {
  if (frame.kind === 'request' || frame.kind === 'notification') return screenCall(frame, exchange);
  if (frame.direction === 'up') return forward(frame);
  if (frame.message.id !== exchange.requestId) {
    return { kind: 'drop', reason: 'it answers a request that nobody made' };
  }
  return forward(withoutWord(frame));
};

function screenCall(frame: RequestFrame | NotificationFrame, exchange: Exchange): Verdict {
  const { method, params } = frame.message;
  if (frame.kind === 'request' && method.startsWith('notifications/')) {
    return stop(frame, rpcCodes.invalidRequest, 'a notification has no id');
  }
  const problem = problemOfTarget(method, params);
  if (problem) return stop(frame, rpcCodes.invalidParams, problem);
  return forward(withKnownParams(frame, exchange));
}

function problemOfTarget(method: string, params: JsonObject | undefined): string | undefined {
  if (lacksTarget(method, params)) return `the params of ${method} don't name what it is for`;
  const { kind, name } = targetOf(method, params);
  if (name.length > MAX_NAME) return `what ${method} names has more than ${MAX_NAME} characters`;
  if (kind === 'resources' && STRANGE.test(name)) {
    return `the URI of ${method} is not in its simplest form (RFC 3986, section 6.2.2)`;
  }
  return undefined;
}

function stop(
  { kind, message }: RequestFrame | NotificationFrame,
  code: number,
  reason: string,
): Verdict {
  if (kind === 'notification') return { kind: 'drop', reason };
  return { kind: 'answer', reason, answer: errorAnswer(message.id, code, reason) };
}

/** Params beside those that rules can see would go by every rule. */
function withKnownParams(frame: RequestFrame | NotificationFrame, exchange: Exchange): Frame {
  const { method, params } = frame.message;
  const { params: known } = methodRow(method);
  if (!known || !params) return frame;
  const names = Object.keys(params);
  const kept = names.filter((name) => known.includes(name));
  if (kept.length === names.length) return frame;
  exchange.note('masked', { what: 'params (unknown)', count: names.length - kept.length });
  const { source: _, ...rest } = frame;
  const fewer = Object.fromEntries(kept.map((name) => [name, params[name]])) as JsonObject;
  return { ...rest, message: { ...frame.message, params: fewer } } as Frame;
}

/** Only the gate says what it has decided and masked: an upstream's word on that is taken off. */
function withoutWord(frame: AnswerFrame): Frame {
  const { source: _, ...rest } = frame;
  if (frame.kind === 'result') {
    const { result } = frame.message;
    const clean = withoutOwnWords(result, '_meta');
    return clean === result
      ? frame
      : ({ ...rest, message: { ...frame.message, result: clean } } as Frame);
  }
  const { error } = frame.message;
  const { data } = withoutOwnWords({ data: error.data ?? null }, 'data');
  if (error.data === undefined || data === error.data) return frame;
  return { ...rest, message: { ...frame.message, error: { ...error, data } } } as Frame;
}

/** What begins so is said by the gate. */
const OWN = 'dev.sallyport/';

/** A body without the gate's own words in one of its members; the same where there are none. */
export function withoutOwnWords(body: JsonObject, key: '_meta' | 'data'): JsonObject {
  const value = body[key];
  if (!isObject(value)) return body;
  const entries = Object.entries(value);
  const rest = entries.filter(([name]) => !name.startsWith(OWN));
  return rest.length === entries.length ? body : { ...body, [key]: Object.fromEntries(rest) };
}
