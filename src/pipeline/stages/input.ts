import { isObject, type Json, type JsonObject, member, textMember } from '../../model/json.ts';
import type { Frame, RequestFrame, ResultFrame } from '../../model/message.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { isKnownMethod, methodRow } from '../../protocol/methods.ts';
import type { Seal } from '../../protocol/seal.ts';
import type { Part } from '../carried.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import type { VisitAnswer } from '../waiting.ts';
import { ANSWERS, answerParts, broke, unaskedParts, withInputRequests } from './input-parts.ts';
import { type InputState, openState, sealState, VISIT_KEY } from './input-state.ts';

/** Characters of an upstream's own state. */
const MAX_STATE = 65_536;
const STATE: Part = { what: { kind: 'own' }, path: ['requestState'], place: 'wire', masks: [] };

/**
 * Opens the state that a client brings back with what it was asked for (2026-07-28, multi round-trip requests). It
 * fits the same request of the same caller to the same upstream, for ten minutes, and more than once.
 */
export function resume(seal: Seal): Stage {
  return (frame, exchange) => {
    if (frame.kind !== 'request' || frame.direction !== 'up') return forward(frame);
    const { method, params } = frame.message;
    exchange.sent = params;
    if (!methodRow(method).resumes) return forward(frame);
    if (!params || (params.requestState === undefined && params.inputResponses === undefined)) {
      return forward(frame);
    }
    const { requestState, inputResponses, ...rest } = params;
    if (!exchange.stateless) {
      exchange.note('masked', { what: 'params (of another revision)', count: 1 });
      return forward(withParams(frame, rest));
    }
    const state = requestState === undefined ? undefined : openState(seal, requestState, exchange);
    if (requestState !== undefined && !state) return unfit(frame, 'requestState is not valid here');
    if (state?.held) return returned(frame, rest, inputResponses, state.held, exchange);
    const asked = state?.asked;
    exchange.resumed = state?.grant;
    if (inputResponses === undefined) {
      exchange.carried = { parts: [STATE] };
      return forward(frame);
    }
    if (!isObject(inputResponses)) return unfit(frame, '"inputResponses" is no object');
    // Without a state they may have been given early, or to a server that needs none (2026-07-28).
    const answers = asked
      ? answerParts(inputResponses, asked, exchange)
      : unaskedParts(inputResponses, exchange);
    if (typeof answers === 'string') return unfit(frame, answers);
    const { responses, parts } = answers;
    exchange.carried = { parts: asked ? [STATE, ...parts] : parts };
    return forward(withParams(frame, { ...params, inputResponses: responses }));
  };
}

/**
 * A call comes back that has waited for people. The state and the answer are the gate's own, so nothing else sees them:
 * what is judged, approved and sent is the call as it was.
 */
function returned(
  frame: RequestFrame,
  params: JsonObject,
  responses: Json | undefined,
  held: NonNullable<InputState['held']>,
  exchange: Exchange,
): Verdict {
  const answer = visitAnswer(responses);
  exchange.held = { ...held, ...(answer && { answer }) };
  // Not as a state: it was never counted, as a call is that its upstream has asked for more.
  exchange.carried = { parts: [ANSWERS] };
  return forward(withParams(frame, params));
}

/** What the user has said to the page that the gate asked the client to show. */
function visitAnswer(responses: Json | undefined): VisitAnswer | undefined {
  const given = isObject(responses) ? member(responses, VISIT_KEY) : undefined;
  const action = isObject(given) ? textMember(given, 'action') : undefined;
  return visitAnswers.find((known) => known === action);
}

const visitAnswers = ['accept', 'decline', 'cancel'] as const satisfies readonly VisitAnswer[];

/** Seals the state of an upstream that asks its client for something, before anything else sees it. */
export function suspend(seal: Seal): Stage {
  return (frame, exchange) => {
    if (frame.kind !== 'result' || frame.direction !== 'down' || !exchange.stateless) {
      return forward(frame);
    }
    const { resumes } = methodRow(exchange.method);
    const { resultType = 'complete' } = frame.message.result;
    if (resultType === 'complete') return forward(resumes ? withoutInput(frame) : frame);
    if (resultType === 'input_required') {
      if (resumes) return sealed(seal, frame, exchange);
      return broke(frame, `${exchange.method} asks for no input`, exchange);
    }
    if (exchange.carried.begins || !isKnownMethod(exchange.method)) return forward(frame);
    return broke(frame, 'its result is of no known type', exchange);
  };
}

function sealed(seal: Seal, frame: ResultFrame, exchange: Exchange): Verdict {
  const { requestState: own } = frame.message.result;
  const opened = withInputRequests(frame.message.result, exchange.sent);
  if (typeof opened === 'string') return broke(frame, opened, exchange);
  const { body, parts, requests } = opened;
  if (own !== undefined && (typeof own !== 'string' || own.length > MAX_STATE)) {
    return broke(frame, `"requestState" is no text of at most ${MAX_STATE} characters`, exchange);
  }
  if (own === undefined && requests.length === 0) {
    return broke(frame, 'it asks for input and does not say for which', exchange);
  }
  const { grant } = exchange;
  const asked = new Map(requests.map(({ key, method }) => [key, method]));
  const said = { asked, ...(grant && { grant }) };
  const requestState = sealState(seal, exchange, said, own === undefined ? {} : { own });
  exchange.carried = { parts: [STATE, ...parts], interim: true };
  const { source: _, ...rest } = frame;
  return forward({ ...rest, message: { ...frame.message, result: { ...body, requestState } } });
}

function unfit({ message: { id } }: RequestFrame, problem: string): Verdict {
  const text = `${problem}: send the request again without requestState and inputResponses`;
  return {
    kind: 'answer',
    reason: problem,
    answer: errorAnswer(id, rpcCodes.invalidParams, text),
  };
}

function withParams({ source: _, ...frame }: RequestFrame, params: JsonObject): RequestFrame {
  return { ...frame, message: { ...frame.message, params } };
}

/** A result that says all there is to say asks for nothing, whatever a lenient client might read in it. */
function withoutInput(frame: ResultFrame): Frame {
  const { inputRequests, requestState, ...result } = frame.message.result;
  if (inputRequests === undefined && requestState === undefined) return frame;
  const { source: _, ...rest } = frame;
  return { ...rest, message: { ...frame.message, result } };
}
