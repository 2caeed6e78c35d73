import type { JsonObject } from '../../model/json.ts';
import { McpClient, type McpClientOptions } from '../mcp-client/mcp-client.ts';
import type { McpAnswer } from '../mcp-client/mcp-client-answer.ts';
import { rpcErrorIn } from '../mcp-client/mcp-client-error.ts';
import type { McpPlace } from '../mcp-client/mcp-client-place.ts';

/** What a user can ask for. */
export type Ask =
  | { readonly kind: 'tool' | 'prompt'; readonly name: string; readonly args: JsonObject }
  | { readonly kind: 'resource'; readonly uri: string }
  | { readonly kind: 'list' };

/** In the order that they are shown. */
const LISTED = ['tools', 'resources', 'resourceTemplates', 'prompts'] as const;

/**
 * Plays a user's session: connects, asks one thing, and ends the session.
 *
 * @throws GateError UPSTREAM_*, AUTH_TOKEN_*, FRAME_TOO_LARGE, CLIENT_GONE: there is no answer
 */
export async function askGate(
  place: McpPlace,
  ask: Ask,
  options: McpClientOptions,
): Promise<McpAnswer> {
  let client: McpClient;
  try {
    client = await McpClient.connect(place, options);
  } catch (error) {
    // A gate can refuse the session itself, and say why.
    const refused = rpcErrorIn(error);
    if (!refused) throw error;
    return { error: refused };
  }
  try {
    return await answerTo(client, ask);
  } finally {
    await client.close();
  }
}

function answerTo(client: McpClient, ask: Ask): Promise<McpAnswer> {
  switch (ask.kind) {
    case 'tool':
      return client.callTool(ask.name, ask.args);
    case 'prompt':
      return client.request('prompts/get', { name: ask.name, arguments: textsOf(ask.args) });
    case 'resource':
      return client.request('resources/read', { uri: ask.uri });
    case 'list':
      return listed(client);
  }
}

/** Arguments of prompts are text (2025-11-25, prompts). */
function textsOf(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      return [name, typeof value === 'string' ? value : JSON.stringify(value)];
    }),
  );
}

/** All that the caller is shown, of whatever kinds the server has. */
async function listed(client: McpClient): Promise<McpAnswer> {
  const result: Record<string, readonly JsonObject[]> = {};
  for (const kind of LISTED) {
    if (!client.offers(kind)) continue;
    const { items, error } = await client.list(kind);
    if (error) return { error };
    result[kind] = items;
  }
  return { result };
}
