import { isList, isObject, type Json, type JsonObject, textMember } from '../model/json.ts';

/** Tools remembered per upstream; more are not, and their annotations then can't be judged. */
const MAX_TOOLS = 10_000;

/** What upstreams have said of their tools, for conditions on `tool.annotations.*`. */
export class ToolCatalog {
  readonly #upstreams = new Map<string, Map<string, JsonObject>>();

  /** Learns from the tools of a `tools/list` result. */
  learn(upstream: string, tools: Json | undefined): void {
    if (!isList(tools)) return;
    const known = this.#upstreams.get(upstream) ?? new Map<string, JsonObject>();
    this.#upstreams.set(upstream, known);
    for (const tool of tools) {
      const name = isObject(tool) ? textMember(tool, 'name') : undefined;
      if (name === undefined || (known.size >= MAX_TOOLS && !known.has(name))) continue;
      known.set(name, annotationsOf(tool));
    }
  }

  /** A tool's annotations; undefined while the upstream has not listed it. */
  annotations(upstream: string, tool: string): JsonObject | undefined {
    return this.#upstreams.get(upstream)?.get(tool);
  }
}

/** The annotations of a listed tool; none is the same as empty. */
export function annotationsOf(tool: Json): JsonObject {
  const annotations = isObject(tool) ? tool.annotations : undefined;
  return isObject(annotations) ? annotations : {};
}
