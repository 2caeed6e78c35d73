import { isList, isObject, type Json, type JsonObject, member, textMember } from '../model/json.ts';
import { annotationNames } from '../policy/roots.ts';
import { type ToolHeader, toolHeadersOf } from '../protocol/tool-headers.ts';

/** Tools remembered per upstream; more are not, and their annotations then can't be judged. */
const MAX_TOOLS = 10_000;
/** Characters of a name and of a title that are remembered. */
const MAX_NAME = 1_024;
const MAX_TITLE = 256;

/** What rules may read of a tool (`tool.*`). */
export interface ToolFacts {
  readonly annotations: JsonObject;
  readonly [fact: string]: Json;
}
interface Known {
  readonly facts: ToolFacts;
  readonly headers: readonly ToolHeader[];
}
/** No client may call a tool whose definition is invalid by its headers, so there are none to compare. */
const NO_HEADERS: readonly ToolHeader[] = [];

/** What upstreams have said of their tools: for conditions on `tool.annotations.*`, and which headers calls come with. */
export class ToolCatalog {
  readonly #upstreams = new Map<string, Map<string, Known>>();

  /** Learns from the tools of a `tools/list` result. */
  learn(upstream: string, tools: Json | undefined): void {
    if (!isList(tools)) return;
    const known = this.#upstreams.get(upstream) ?? new Map<string, Known>();
    this.#upstreams.set(upstream, known);
    for (const tool of tools) {
      const name = isObject(tool) ? textMember(tool, 'name') : undefined;
      if (name === undefined || name.length > MAX_NAME) continue;
      if (known.size >= MAX_TOOLS && !known.has(name)) continue;
      const { headers = NO_HEADERS } = isObject(tool) ? toolHeadersOf(tool.inputSchema) : {};
      known.set(name, { facts: factsOf(tool), headers });
    }
  }

  /** What rules may read of a tool; undefined while the upstream has not listed it. */
  facts(upstream: string, tool: string): ToolFacts | undefined {
    return this.#upstreams.get(upstream)?.get(tool)?.facts;
  }

  /** The headers that repeat a tool's arguments; undefined while the upstream has not listed it. */
  headers(upstream: string, tool: string): readonly ToolHeader[] | undefined {
    return this.#upstreams.get(upstream)?.get(tool)?.headers;
  }
}

/** What rules may read of a listed tool. */
export function factsOf(tool: Json): ToolFacts {
  return { annotations: annotationsOf(tool) };
}

/** No annotations are the same as empty ones. */
function annotationsOf(tool: Json): JsonObject {
  const annotations = isObject(tool) ? tool.annotations : undefined;
  if (!isObject(annotations)) return {};
  const kept = annotationNames.flatMap((name) => {
    const value = member(annotations, name);
    return value === undefined ? [] : [[name, plain(name, value)]];
  });
  return Object.fromEntries(kept);
}

/** A hint of another type than the specification's is none that can be judged. */
function plain(name: string, value: Json): Json {
  if (name !== 'title') return typeof value === 'boolean' ? value : null;
  return typeof value === 'string' ? value.slice(0, MAX_TITLE) : null;
}
