import type { ToolDefinition } from '../../model/tool-definition.ts';
import { definitionDifference } from '../../policy/pin/definition-difference.ts';
import { type ToolFinding, toolFindings } from '../../policy/pin/tool-flags.ts';

/** Tools by name. */
export type Tools = ReadonlyMap<string, ToolDefinition>;

/** What differs between the tools that were accepted and those that an upstream has. */
export interface PinChanges {
  readonly upstream: string;
  readonly added: readonly ToolDefinition[];
  readonly changed: readonly { readonly name: string; readonly difference: readonly string[] }[];
  /** Names. */
  readonly gone: readonly string[];
  /** What is noticeable about the tools that it has; undefined where one is too long to look at. */
  readonly flagged: readonly {
    readonly name: string;
    readonly findings: readonly ToolFinding[] | undefined;
  }[];
}

/** Lines of a difference that are shown. */
const MAX_LINES = 40;

/** Compares what was accepted of an upstream with what it has. */
export function pinChanges(upstream: string, accepted: Tools, present: Tools): PinChanges {
  const tools = [...present.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    upstream,
    added: tools.filter(({ name }) => !accepted.has(name)),
    changed: tools.flatMap((tool) => {
      const before = accepted.get(tool.name);
      if (!before || before.fingerprint === tool.fingerprint) return [];
      const lines = definitionDifference(before.definition, tool.definition, MAX_LINES);
      return [{ name: tool.name, difference: lines }];
    }),
    gone: [...accepted.keys()].filter((name) => !present.has(name)).sort(),
    flagged: tools.flatMap(({ name, definition }) => {
      const findings = toolFindings(definition);
      return findings?.length === 0 ? [] : [{ name, findings }];
    }),
  };
}

/** True where nothing differs. */
export function isSame({ added, changed, gone }: PinChanges): boolean {
  return added.length + changed.length + gone.length === 0;
}
