import { GateError } from '../../model/errors.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';
import { visible } from '../../model/visible.ts';
import { toolDefinition } from '../../policy/pin/tool-definition.ts';
import { McpClient } from '../mcp-client/mcp-client.ts';
import type { McpPlace } from '../mcp-client/mcp-client-place.ts';
import type { Tools } from './pin-changes.ts';

/**
 * Asks an upstream for its tools.
 *
 * @throws GateError whatever keeps it from answering; UPSTREAM_INVALID where its tools can't be pinned
 */
export async function toolsOf(
  upstream: string,
  place: McpPlace,
  signal: AbortSignal,
): Promise<Tools> {
  try {
    const client = await McpClient.connect(place, { signal });
    try {
      return byName(await client.listTools());
    } finally {
      await client.close();
    }
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    const { code, message, hint } = error;
    throw new GateError(code, `upstream ${upstream}: ${message}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}

function byName(listed: Awaited<ReturnType<McpClient['listTools']>>): Tools {
  const tools = new Map<string, ToolDefinition>();
  for (const tool of listed) {
    const definition = toolDefinition(tool);
    if (!definition) throw new GateError('UPSTREAM_INVALID', 'it has a tool without a name');
    const { name, fingerprint } = definition;
    const other = tools.get(name)?.fingerprint;
    if (other !== undefined && other !== fingerprint) {
      const message = `it has two different tools named "${visible(name)}"`;
      throw new GateError('UPSTREAM_INVALID', message);
    }
    tools.set(name, definition);
  }
  return tools;
}
