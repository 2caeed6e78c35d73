import type { AskedCall } from '../../../model/approval.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { RequestFrame } from '../../../model/message.ts';
import { targetOf } from '../../../protocol/methods.ts';
import { askedParams } from '../../approval/asked-params.ts';
import type { ToolCatalog } from '../../catalog.ts';
import type { Exchange } from '../../exchange.ts';

/**
 * A call as people are asked about it.
 *
 * @param frame as it would be sent: after masks, with tokens as tokens
 */
export function askedCall(
  { message: { method, params } }: RequestFrame,
  exchange: Exchange,
  catalog: ToolCatalog,
): AskedCall {
  const { upstream, snapshot, id } = exchange;
  const { kind, name } = targetOf(method, params);
  const tool = kind === 'tools' ? catalog.facts(upstream, name) : undefined;
  const agent = agentOf(exchange);
  return {
    caller: callerOf(exchange),
    ...(agent === '' ? {} : { agent }),
    ...{ upstream, method, target: name, args: askedParams(method, params) },
    ...(tool && { tool: tool as JsonObject }),
    ...{ exchange: id, revision: snapshot.revision },
  };
}

function callerOf({ identity }: Exchange): AskedCall['caller'] {
  const { issuer, sub, email, groups, client, actor } = identity;
  return {
    ...{ issuer, sub },
    ...(email === undefined ? {} : { email }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(client === undefined ? {} : { client }),
    ...(actor === undefined ? {} : { actor }),
  };
}

/** What the MCP client calls itself, as transcripts have it. */
function agentOf({ session: { client } }: Exchange): string {
  return client.name ? [client.name, client.version].filter(Boolean).join('/') : '';
}
