import type { AskedCall } from '../../model/approval.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { argsOf } from '../../protocol/methods.ts';

/** UTF-16 code units of JSON that somebody can be asked to look at. */
export const MAX_ASKED = 262_144;

/** What `_meta` says of one try, and not of the call: the identical call has others (trace-context, MCP basic). */
const ofOneTry = new Set(['progressToken', 'traceparent', 'tracestate', 'baggage']);
const OF_PROTOCOL = 'io.modelcontextprotocol/';

/**
 * What an approval is bound to of the params of a request, and what its approver sees: all that would go to the
 * upstream but for what differs from try to try.
 */
export function askedParams(params: JsonObject | undefined): JsonObject {
  const { requestState: _, _meta: meta, ...rest } = params ?? {};
  if (meta === undefined) return rest;
  if (!isObject(meta)) return { ...rest, _meta: meta };
  const kept = Object.entries(meta).filter(
    ([key]) => !ofOneTry.has(key) && !key.startsWith(OF_PROTOCOL),
  );
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}

/** What conditions on `args.*` see of a call that somebody is asked about. */
export function argumentsOf({ method, args }: Pick<AskedCall, 'method' | 'args'>): Json {
  return argsOf(method, args) ?? {};
}
