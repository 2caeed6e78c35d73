import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import { member } from '../../model/json.ts';
import type { KnownTool } from '../../policy/check/check-arguments.ts';
import { parseLockFile } from '../../policy/pin/lock-file.ts';
import { McpClient } from '../mcp-client/mcp-client.ts';
import { placeOfUpstream } from '../mcp-client/mcp-client-place.ts';
import type { Terminal } from '../verb.ts';

/** The tools of upstreams, each upstream with all it has. */
export type ToolsByUpstream = ReadonlyMap<string, readonly KnownTool[]>;

export const LOCK_FILE = 'sallyport.lock.json';

/**
 * The tools in a lock file.
 *
 * @param file as the user named it; left out: the one of the usual name, if it is there
 * @throws GateError FILE_UNREADABLE, POLICY_INVALID with what is wrong with the file
 */
export function lockedTools(file: string | undefined, cwd: string): ToolsByUpstream | undefined {
  const name = file ?? LOCK_FILE;
  const path = resolve(cwd, name);
  if (file === undefined && !existsSync(path)) return undefined;
  const { tools, problems } = parseLockFile(textOf(path, name), name);
  if (!tools) throw new GateError('POLICY_INVALID', `${name} has errors`, { problems });
  return new Map(
    [...tools].map(([upstream, own]) => [
      upstream,
      [...own.values()].map(({ name: tool, definition }) =>
        knownTool(tool, definition.inputSchema),
      ),
    ]),
  );
}

/**
 * Asks every upstream of a configuration for its tools.
 *
 * @throws GateError what is wrong with the configuration, or why an upstream can't be asked
 */
export async function liveTools(config: string, terminal: Terminal): Promise<ToolsByUpstream> {
  const { config: settings, base } = loadConfig(config, terminal.cwd, terminal.env);
  const tools = new Map<string, readonly KnownTool[]>();
  for (const [name, upstream] of Object.entries(settings.upstreams)) {
    try {
      const client = await McpClient.connect(placeOfUpstream(upstream, base), {
        signal: terminal.signal,
      });
      try {
        const listed = await client.listTools();
        const known = listed.map((tool) => {
          return knownTool(String(member(tool, 'name') ?? ''), member(tool, 'inputSchema'));
        });
        tools.set(name, known);
      } finally {
        await client.close();
      }
    } catch (cause) {
      if (!(cause instanceof GateError)) throw cause;
      const { code, message, hint, problems } = cause;
      const detail = { problems, cause, ...(hint === undefined ? {} : { hint }) };
      throw new GateError(code, `${name}: ${message}`, detail);
    }
  }
  return tools;
}

function knownTool(name: string, inputSchema: KnownTool['inputSchema']): KnownTool {
  return inputSchema === undefined ? { name } : { name, inputSchema };
}

function textOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `cannot read ${name}: ${messageOf(cause)}`;
    throw new GateError('POLICY_UNREADABLE', message, { cause });
  }
}
