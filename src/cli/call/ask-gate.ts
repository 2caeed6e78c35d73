import { isObject, type JsonObject, textMember } from '../../model/json.ts';
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

/** Longer than a gate holds a call that waits for people, in milliseconds. */
const TIMEOUT = 150_000;
/** How often a server may ask to be asked again. */
const MAX_ROUNDS = 10;

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
    client = await McpClient.connect(place, { ...options, calls: true, timeout: TIMEOUT });
  } catch (error) {
    // A gate can refuse the session itself, and say why.
    const refused = rpcErrorIn(error);
    if (!refused) throw error;
    return { error: refused };
  }
  try {
    let answer = await answerTo(client, ask);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const requestState = stateIn(answer);
      if (requestState === undefined) break;
      answer = await answerTo(client, ask, requestState);
    }
    return answer;
  } finally {
    await client.close();
  }
}

/** What a server wants back that needs nothing else, such as a gate where a call waits for people (2026-07-28, MRTR). */
function stateIn({ result }: McpAnswer): string | undefined {
  if (!result || textMember(result, 'resultType') !== 'input_required') return undefined;
  const { inputRequests = {} } = result;
  const asksNothing = isObject(inputRequests) && Object.keys(inputRequests).length === 0;
  return asksNothing ? textMember(result, 'requestState') : undefined;
}

function answerTo(client: McpClient, ask: Ask, requestState?: string): Promise<McpAnswer> {
  const again = requestState === undefined ? {} : { requestState };
  switch (ask.kind) {
    case 'tool':
      return client.callTool(ask.name, ask.args, requestState);
    case 'prompt': {
      const params = { name: ask.name, arguments: textsOf(ask.args), ...again };
      return client.request('prompts/get', params);
    }
    case 'resource':
      return client.request('resources/read', { uri: ask.uri, ...again });
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
