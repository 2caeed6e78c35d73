import { errorPlace, nestedParamsPlace, resultPlace } from '../../mask/place/places.ts';
import { isObject, type Json, type JsonObject, withMember } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import {
  type InputRequest,
  inputRequestsOf,
  MAX_INPUTS,
  visitsOf,
} from '../../protocol/input-requests.ts';
import type { Part } from '../carried.ts';
import type { Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { blockFor, refuse } from './decide.ts';
import { withoutOwnWords } from './screen.ts';

/** A body with what it carries inside. */
export interface Opened {
  readonly body: JsonObject;
  readonly parts: readonly Part[];
  readonly requests: readonly InputRequest[];
}

/**
 * The requests in `inputRequests`, or what is wrong with them. Each keeps its method and its params, no more.
 *
 * @param sent params of the client's own, with the capabilities that it declares: what policy took off of them is
 *   refused by policy, which says why.
 */
export function withInputRequests(body: JsonObject, sent: JsonObject | undefined): Opened | string {
  if (body.inputRequests === undefined) return { body, parts: [], requests: [] };
  const requests = inputRequestsOf(body.inputRequests, sent);
  if (typeof requests === 'string') return requests;
  const entries = requests.map(({ key, method, params }) => [key, { method, params }] as const);
  return {
    body: withMember(body, 'inputRequests', Object.fromEntries(entries)),
    requests,
    parts: requests.map(({ key, method, params }) => ({
      what: { kind: 'request', method, params },
      path: ['inputRequests', key, 'params'],
      place: nestedParamsPlace(method),
    })),
  };
}

/** The state of a task: what it asks for, and what its call has come to. */
export function withOutcome(body: JsonObject, sent: JsonObject | undefined): Opened | string {
  const opened = withInputRequests(body, sent);
  if (typeof opened === 'string') return opened;
  const parts: Part[] = [...opened.parts];
  let clean = opened.body;
  const { result, error } = clean;
  if (result !== undefined) {
    if (!isObject(result)) return 'the result of a task is no object';
    if ((result.resultType ?? 'complete') !== 'complete') return 'the result of a task is none';
    clean = { ...clean, result: withoutOwnWords(result, '_meta') };
    const what = { kind: 'outcome', result } as const;
    parts.push({ what, path: ['result'], place: resultPlace('tools/call') });
  }
  if (error !== undefined) {
    if (!isObject(error)) return 'the error of a task is no object';
    // Only what everybody reads as the same number says which errors send the client to URLs.
    if (typeof error.code !== 'number' || typeof error.message !== 'string') {
      return 'the error of a task needs a numeric code and a message';
    }
    const visits = visitsOf(error);
    if (typeof visits === 'string') return visits;
    clean = { ...clean, error: withoutOwnWords(error, 'data') };
    const what = { kind: 'outcome', error } as const;
    parts.push({ what, path: ['error'], place: errorPlace }, ...visits.map(visitPart));
  }
  return { body: clean, parts, requests: opened.requests };
}

/** One of the URLs that a task's error sends the client to. */
function visitPart(params: JsonObject, index: number): Part {
  const method = 'elicitation/create';
  return {
    what: { kind: 'request', method, params },
    path: ['error', 'data', 'elicitations', index],
    place: nestedParamsPlace(method),
  };
}

/** Answers as they go on. */
interface Answers {
  readonly responses: JsonObject;
  readonly parts: readonly Part[];
}

/** All of `inputResponses`: of an answer that was taken off, a transcript shows nothing either. */
export const ANSWERS: Part = { what: { kind: 'own' }, path: ['inputResponses'], place: 'data' };

/** The client's answers to questions, by key. Those to what was not asked are taken off. */
export function answerParts(
  responses: JsonObject,
  asked: ReadonlyMap<string, string>,
  exchange: Exchange,
): Answers | string {
  const parts: Part[] = [ANSWERS];
  const kept: [string, Json][] = [];
  for (const [key, result] of Object.entries(responses)) {
    const method = asked.get(key);
    if (method === undefined) continue;
    if (!isObject(result)) return 'a member of "inputResponses" is no object';
    kept.push([key, result]);
    const what = { kind: 'answer', method, result } as const;
    parts.push({ what, path: ['inputResponses', key], place: resultPlace(method) });
  }
  const count = Object.keys(responses).length - kept.length;
  if (count > 0) exchange.note('masked', { what: 'inputResponses (not asked for)', count });
  return { responses: Object.fromEntries(kept), parts };
}

/** The client's answers where the gate knows of no questions; what can't be an answer is taken off. */
export function unaskedParts(responses: JsonObject, exchange: Exchange): Answers {
  const given = Object.entries(responses);
  const kept = given.filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  kept.splice(MAX_INPUTS);
  const count = given.length - kept.length;
  if (count > 0) exchange.note('masked', { what: 'inputResponses (no answers)', count });
  const parts = kept.map(([key, result]): Part => {
    return { what: { kind: 'unasked', result }, path: ['inputResponses', key], place: 'data' };
  });
  return { responses: Object.fromEntries(kept), parts: [ANSWERS, ...parts] };
}

/** What becomes of an upstream's message that the protocol doesn't know. */
export function broke(frame: Frame, what: string, exchange: Exchange): Verdict {
  return refuse(frame, blockFor(`the upstream broke the protocol: ${what}`), exchange);
}
