import type { MaskSide } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import {
  deeperThan,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  textMember,
} from '../../model/json.ts';
import { methodRow } from '../../protocol/methods.ts';

/** Levels of JSON that are looked into. */
const MAX_DEPTH = 512;

/** What came in, and what it is. */
export type Given =
  /** A JSON-RPC message; `method` is that of a request or notification. */
  | { readonly kind: 'message'; readonly value: JsonObject; readonly method?: string }
  /** What a method answers, without the message around it. */
  | { readonly kind: 'result'; readonly value: JsonObject; readonly method: string }
  /** Any other JSON, all of which is data. */
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'text'; readonly value: string };

/**
 * Reads what came in: JSON where it is any, otherwise text.
 *
 * @throws GateError USAGE: it nests too deeply
 */
export function readGiven(text: string): Given {
  const value = jsonIn(text);
  if (value === undefined) return { kind: 'text', value: text };
  if (!isObject(value)) return { kind: 'json', value };
  if (value.jsonrpc === '2.0') {
    const method = textMember(value, 'method');
    if (method !== undefined) return { kind: 'message', value, method };
    if (isObject(value.result) || isObject(value.error)) return { kind: 'message', value };
  }
  const method = answeredMethod(value);
  return method === undefined ? { kind: 'json', value } : { kind: 'result', value, method };
}

function jsonIn(text: string): Json | undefined {
  if (deeperThan(text, MAX_DEPTH)) {
    throw new GateError('USAGE', `the input has more than ${MAX_DEPTH} levels`);
  }
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** The method whose results look like this. */
function answeredMethod({ content, structuredContent, contents, messages }: JsonObject) {
  if (Array.isArray(content) || structuredContent !== undefined) return 'tools/call';
  if (Array.isArray(contents)) return 'resources/read';
  return Array.isArray(messages) ? 'prompts/get' : undefined;
}

/** On which side of a call it stands, unless somebody says otherwise. */
export function sideOf(given: Given): MaskSide {
  if (given.kind !== 'message' || given.method === undefined) return 'result';
  const { method } = given;
  const fromUpstream = methodRow(method).asks || DOWN.test(method);
  return fromUpstream ? 'result' : 'args';
}

/** Notifications of upstreams. */
const DOWN =
  /^notifications\/(?:message|progress|resources\/|tools\/|prompts\/|tasks|elicitation\/)/;
