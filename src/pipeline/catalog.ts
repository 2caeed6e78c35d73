import { isObject, type Json, type JsonObject, member } from '../model/json.ts';
import type { ToolDefinition } from '../model/tool-definition.ts';
import { canonicalJson } from '../policy/pin/canonical-json.ts';
import { flagsOf, toolFindings } from '../policy/pin/tool-flags.ts';
import { annotationNames } from '../policy/roots.ts';
import { type ToolHeader, toolHeadersOf } from '../protocol/tool-headers.ts';
import { schemaSize } from './schema-size.ts';

/** Tools remembered per upstream; more are not, and what is said of them then can't be judged. */
const MAX_TOOLS = 10_000;
/** Characters of a name, a title and a description that are remembered; a longer one can't be judged. */
const MAX_NAME = 1_024;
const MAX_TITLE = 1_024;
const MAX_DESCRIPTION = 16_384;
/** Characters of descriptions that are remembered per upstream. */
const MAX_DESCRIPTIONS = 16_777_216;
/** Characters of output schemas that are remembered per upstream. */
const MAX_OUTPUTS = 16_777_216;
/** Characters of definitions that are looked at for flags at a time, so that a list can't keep the gate busy. */
const MAX_EXAMINED = 524_288;
/** Characters of the title among the annotations. */
const MAX_HINT = 256;

/** What rules may read of a tool (`tool.*`). Null stands for what is there and can't be judged. */
export interface ToolFacts {
  readonly annotations: JsonObject;
  readonly title?: Json;
  readonly description?: Json;
  /** What is noticeable about its texts; null where nobody could look. */
  readonly flags: Json;
  readonly [fact: string]: Json | undefined;
}

/** The `outputSchema` of a tool. */
export interface PromisedOutput {
  /** Of the definition that has it. */
  readonly fingerprint: string;
  readonly schema: JsonObject;
}

/** A tool of a list, with its definition where it has one. */
export interface ListedTool {
  readonly tool: Json;
  readonly definition: ToolDefinition | undefined;
}

interface Known {
  readonly fingerprint: string;
  /** Undefined where a list has it twice, and differently. */
  readonly facts: (ToolFacts & JsonObject) | undefined;
  readonly headers: readonly ToolHeader[];
  /** What its results must fit; undefined where it promises nothing, or more than can be kept. */
  readonly output?: JsonObject | undefined;
  /** False where its flags are still to be found out. */
  readonly examined: boolean;
}
/** No client may call a tool whose definition is invalid by its headers, so there are none to compare. */
const NO_HEADERS: readonly ToolHeader[] = [];

/** What upstreams have said of their tools: for conditions on `tool.*`, and which headers calls come with. */
export class ToolCatalog {
  readonly #upstreams = new Map<string, UpstreamTools>();

  /** Learns from the tools of a `tools/list` result, as the upstream sent them. */
  learn(upstream: string, tools: readonly ListedTool[]): void {
    const known = this.#upstreams.get(upstream) ?? new UpstreamTools();
    this.#upstreams.set(upstream, known);
    known.learn(tools);
  }

  /** What rules may read of a tool; undefined while the upstream has not listed it, or contradicts itself. */
  facts(upstream: string, tool: string): (ToolFacts & JsonObject) | undefined {
    return this.#upstreams.get(upstream)?.known.get(tool)?.facts;
  }

  /** What a tool promises of its results, and a name for that; undefined where it is not known to promise anything. */
  output(upstream: string, tool: string): PromisedOutput | undefined {
    const { fingerprint = '', output } = this.#upstreams.get(upstream)?.known.get(tool) ?? {};
    return output && { fingerprint, schema: output };
  }

  /** True where the upstream has listed the tool since the start. */
  knows(upstream: string, tool: string): boolean {
    return this.#upstreams.get(upstream)?.known.has(tool) ?? false;
  }

  /** The headers that repeat a tool's arguments; undefined while the upstream has not listed it. */
  headers(upstream: string, tool: string): readonly ToolHeader[] | undefined {
    return this.#upstreams.get(upstream)?.known.get(tool)?.headers;
  }
}

function sizeOf(schema: JsonObject | undefined): number {
  return schema === undefined ? 0 : schemaSize(schema);
}

class UpstreamTools {
  readonly known = new Map<string, Known>();
  #descriptions = 0;
  #outputs = 0;

  learn(tools: readonly ListedTool[]): void {
    let budget = MAX_EXAMINED;
    const seen = new Map<string, string>();
    for (const { definition: found } of tools) {
      if (!found || found.name.length > MAX_NAME) continue;
      const { name, fingerprint, definition } = found;
      const before = this.known.get(name);
      if (!before && this.known.size >= MAX_TOOLS) continue;
      const twice = seen.has(name) && seen.get(name) !== fingerprint;
      seen.set(name, fingerprint);
      if (twice) {
        this.#put(name, { fingerprint, facts: undefined, headers: NO_HEADERS, examined: true });
        continue;
      }
      if (before?.fingerprint === fingerprint && before.examined && before.facts) continue;
      budget -= canonicalJson(definition).length;
      const examined = budget >= 0;
      const { headers = NO_HEADERS } = toolHeadersOf(definition.inputSchema);
      const facts = this.#bounded(name, examined ? factsOf(definition) : unexamined(definition));
      const output = this.#boundedOutput(name, definition);
      this.#put(name, { fingerprint, facts, headers, examined, output });
    }
  }

  #put(name: string, known: Known): void {
    const before = this.known.get(name);
    this.#descriptions += lengthOf(known.facts) - lengthOf(before?.facts);
    this.#outputs += sizeOf(known.output) - sizeOf(before?.output);
    this.known.set(name, known);
  }

  #boundedOutput(name: string, { outputSchema }: JsonObject): JsonObject | undefined {
    if (!isObject(outputSchema)) return undefined;
    const others = this.#outputs - sizeOf(this.known.get(name)?.output);
    return others + sizeOf(outputSchema) <= MAX_OUTPUTS ? outputSchema : undefined;
  }

  #bounded(name: string, facts: ToolFacts & JsonObject): ToolFacts & JsonObject {
    const others = this.#descriptions - lengthOf(this.known.get(name)?.facts);
    const fits = others + lengthOf(facts) <= MAX_DESCRIPTIONS;
    return fits ? facts : { ...facts, description: null };
  }
}

/** What rules may read of a tool by its definition. */
export function factsOf(definition: JsonObject): ToolFacts & JsonObject {
  const findings = toolFindings(definition);
  return { ...unexamined(definition), flags: findings ? flagsOf(findings) : null };
}

function unexamined(tool: JsonObject): ToolFacts & JsonObject {
  const title = text(tool, 'title', MAX_TITLE);
  const description = text(tool, 'description', MAX_DESCRIPTION);
  return {
    annotations: annotationsOf(tool),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    flags: null,
  };
}

/** A part of a text says nothing of the whole, so a longer one is none that can be judged. */
function text(tool: JsonObject, name: string, most: number): Json | undefined {
  const value = member(tool, name);
  if (value === undefined) return undefined;
  return typeof value === 'string' && value.length <= most ? value : null;
}

function lengthOf(facts: ToolFacts | undefined): number {
  const description = facts?.description;
  return typeof description === 'string' ? description.length : 0;
}

/** No annotations are the same as empty ones. */
function annotationsOf(tool: JsonObject): JsonObject {
  const { annotations } = tool;
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
  return typeof value === 'string' ? value.slice(0, MAX_HINT) : null;
}
