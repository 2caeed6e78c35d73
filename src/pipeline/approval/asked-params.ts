import type { AskedCall } from '../../model/approval.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { metaKeys } from '../../protocol/meta.ts';
import { argsOf, methodRow } from '../../protocol/methods.ts';

/** UTF-16 code units of JSON that somebody can be asked to look at. */
export const MAX_ASKED = 262_144;

/** What `_meta` says of one try or its client, and not of the call (trace-context, MCP basic). */
const ofOneTry = new Set<string>([
  ...['progressToken', 'traceparent', 'tracestate', 'baggage'],
  ...[metaKeys.version, metaKeys.clientInfo, metaKeys.clientCapabilities, metaKeys.logLevel],
]);

/**
 * What an approval is bound to of the params of a request, and what its approver sees: all that would go to the
 * upstream but for what differs from try to try.
 */
export function askedParams(method: string, params: JsonObject = {}): JsonObject {
  const { _meta: meta, ...all } = params;
  const rest = methodRow(method).resumes ? withoutState(all) : all;
  if (meta === undefined) return rest;
  if (!isObject(meta)) return { ...rest, _meta: meta };
  const kept = Object.entries(meta).filter(([key]) => !ofOneTry.has(key));
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}

/** It is the upstream's own, sealed; where nothing seals it, a client could say anything by it. */
function withoutState({ requestState: _, ...params }: JsonObject): JsonObject {
  return params;
}

/** What conditions on `args.*` see of a call that somebody is asked about. */
export function argumentsOf({ method, args }: Pick<AskedCall, 'method' | 'args'>): Json {
  return argsOf(method, args) ?? {};
}
