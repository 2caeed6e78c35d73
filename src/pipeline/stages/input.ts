import { principalOf } from '../../model/identity.ts';
import { isList, isObject, type Json, type JsonObject, textMember } from '../../model/json.ts';
import type { Frame, RequestFrame, ResultFrame } from '../../model/message.ts';
import { digestOf } from '../../protocol/canonical.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { isKnownMethod, methodRow } from '../../protocol/methods.ts';
import type { Seal } from '../../protocol/seal.ts';
import type { Part } from '../carried.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { answerParts, broke, unaskedParts, withInputRequests } from './input-parts.ts';

/** How long a client may take to come back with what it was asked for, in milliseconds. */
const MAX_AGE = 600_000;
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
    const asked = requestState === undefined ? undefined : askedBy(seal, requestState, exchange);
    if (requestState !== undefined && !asked) return unfit(frame, 'requestState is not valid here');
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

/** The request as its upstream gets it: with the state that is the upstream's own. */
export function withOwnState(seal: Seal, params: JsonObject): JsonObject {
  const { requestState, ...rest } = params;
  if (typeof requestState !== 'string') return params;
  const own = textMember(seal.open(requestState), 's');
  return own === undefined ? rest : { ...rest, requestState: own };
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
  const requestState = seal.seal({
    ...binding(exchange),
    e: exchange.now() + MAX_AGE,
    k: requests.map(({ key, method }) => [key, method]),
    ...(own === undefined ? {} : { s: own }),
  });
  exchange.carried = { parts: [STATE, ...parts], interim: true };
  const { source: _, ...rest } = frame;
  return forward({ ...rest, message: { ...frame.message, result: { ...body, requestState } } });
}

/** What was asked for, by key, where a state fits the request that brings it; nothing says why it doesn't. */
function askedBy(seal: Seal, state: Json | undefined, exchange: Exchange) {
  const facts = typeof state === 'string' ? seal.open(state) : undefined;
  if (!facts || typeof facts.e !== 'number' || facts.e < exchange.now()) return undefined;
  const fits = Object.entries(binding(exchange)).every(([key, value]) => facts[key] === value);
  if (!fits || !isList(facts.k)) return undefined;
  return new Map(
    facts.k.flatMap((entry): [string, string][] => {
      const [key, method] = isList(entry) ? entry : [];
      return typeof key === 'string' && typeof method === 'string' ? [[key, method]] : [];
    }),
  );
}

/** What a state is bound to: whose request it belongs to, and which. */
function binding({ identity, upstream, method, sent = {} }: Exchange): JsonObject {
  const { name = null, uri = null, arguments: args = null } = sent;
  return { p: principalOf(identity), u: upstream, m: method, d: digestOf([name, uri, args]) };
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
