import { isList, isObject, type Json, type JsonObject, textMember } from '../../model/json.ts';
import type { Log } from '../../model/seams.ts';
import { type ToolHeader, toolHeadersOf } from '../../protocol/tool-headers.ts';
import { Throttle } from '../throttle.ts';

/** Tools remembered per upstream; calls of more go without headers of their arguments. */
const MAX_TOOLS = 10_000;
/** Characters of a name that is remembered. */
const MAX_NAME = 1_024;

/** What an upstream has said of its tools' headers, as it came from there. */
export class HeaderBook {
  readonly #upstream: string;
  readonly #log: Log;
  readonly #invalid = new Throttle({ burst: 20, window: 60_000, clock: Date.now });
  readonly #known = new Map<string, readonly ToolHeader[]>();

  constructor(upstream: string, log: Log) {
    this.#upstream = upstream;
    this.#log = log;
  }

  /** Which arguments of a tool headers repeat; undefined while the tool was not listed. */
  headers(tool: string): readonly ToolHeader[] | undefined {
    return this.#known.get(tool);
  }

  /**
   * Learns from a `tools/list` result.
   *
   * @returns the result without tools whose definition is invalid by its headers, which no client may be shown
   *   (2026-07-28, transports, schema extension); the same one where there are none
   */
  learn(result: JsonObject): JsonObject {
    const { tools } = result;
    if (!isList(tools)) return result;
    const valid = tools.filter((tool) => this.#learn(tool));
    return valid.length === tools.length ? result : { ...result, tools: valid };
  }

  /** False of an invalid definition. */
  #learn(tool: Json): boolean {
    const name = isObject(tool) ? textMember(tool, 'name') : undefined;
    if (!isObject(tool) || name === undefined || name.length > MAX_NAME) return true;
    const { headers, problem } = toolHeadersOf(tool.inputSchema);
    if (problem !== undefined) this.#tell(name, problem);
    else if (this.#known.size < MAX_TOOLS || this.#known.has(name)) this.#known.set(name, headers);
    return problem === undefined;
  }

  #tell(tool: string, cause: string): void {
    const held = this.#invalid.pass();
    if (held === undefined) return;
    const fields = { upstream: this.#upstream, tool: tool.slice(0, 200), cause, unlogged: held };
    this.#log.warn(fields, 'the definition of a tool is invalid; the tool is left out');
  }
}
