import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * Members of a tool that are no part of its definition: icons are pictures for people, `execution` is there for
 * clients of some revisions of MCP and not for others, and `_meta` is anything, such as a time of building. All others
 * are, those that MCP doesn't know included: a model may be shown them.
 */
export const unpinnedMembers: ReadonlySet<string> = new Set(['_meta', 'icons', 'execution']);

/** The definition of a listed tool; undefined where it has no name. */
export function toolDefinition(tool: Json): ToolDefinition | undefined {
  if (!isObject(tool)) return undefined;
  const name = member(tool, 'name');
  if (typeof name !== 'string') return undefined;
  const kept = Object.entries(tool).filter(([key]) => !unpinnedMembers.has(key));
  const definition: JsonObject = Object.fromEntries(kept);
  return { name, definition, fingerprint: fingerprintOf(definition) };
}

/** The fingerprint of a definition. */
export function fingerprintOf(definition: JsonObject): string {
  return `sha256-${createHash('sha256').update(canonicalJson(definition)).digest('base64url')}`;
}
