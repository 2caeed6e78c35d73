import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * Members of a tool that are pinned: what a model reads of it, and what clients decide by. Icons are pictures for
 * people, `execution` says how it is called and not what it does, and `_meta` is anything, such as a time of building.
 */
export const pinnedMembers = [
  'name',
  'title',
  'description',
  'inputSchema',
  'outputSchema',
  'annotations',
] as const;

/** The definition of a listed tool; undefined where it has no name. */
export function toolDefinition(tool: Json): ToolDefinition | undefined {
  if (!isObject(tool)) return undefined;
  const name = member(tool, 'name');
  if (typeof name !== 'string') return undefined;
  const kept = pinnedMembers.flatMap((key) => {
    const value = member(tool, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const definition: JsonObject = Object.fromEntries(kept);
  return { name, definition, fingerprint: fingerprintOf(definition) };
}

/** The fingerprint of a definition. */
export function fingerprintOf(definition: JsonObject): string {
  return `sha256-${createHash('sha256').update(canonicalJson(definition)).digest('base64url')}`;
}
