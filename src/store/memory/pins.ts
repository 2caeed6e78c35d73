import type { PinEntry, PinStore } from '../../model/seams.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';

type Held = Map<string, Map<string, ToolDefinition>>;

/** Pins that end with the process. */
export class MemoryPins implements PinStore {
  readonly #accepted: Held = new Map();
  readonly #refused: Held = new Map();

  #version = 0;

  version(): number {
    return this.#version;
  }

  entries(upstream: string): ReadonlyMap<string, PinEntry> {
    const entries = new Map<string, PinEntry>();
    for (const [name, { fingerprint }] of of(this.#accepted, upstream)) {
      entries.set(name, { accepted: fingerprint });
    }
    for (const [name, { fingerprint }] of of(this.#refused, upstream)) {
      entries.set(name, { ...entries.get(name), refused: fingerprint });
    }
    return entries;
  }

  accepted(upstream: string, tool: string): ToolDefinition | undefined {
    return this.#accepted.get(upstream)?.get(tool);
  }

  refused(upstream: string, tool: string): ToolDefinition | undefined {
    return this.#refused.get(upstream)?.get(tool);
  }

  remember(upstream: string, tools: readonly ToolDefinition[]): void {
    const held = of(this.#accepted, upstream);
    for (const tool of tools) if (!held.has(tool.name)) held.set(tool.name, tool);
  }

  /** Counts as done by somebody else: a gate never accepts. */
  accept(upstream: string, tool: ToolDefinition): void {
    this.#version++;
    of(this.#accepted, upstream).set(tool.name, tool);
    const refused = this.refused(upstream, tool.name)?.fingerprint;
    if (refused === tool.fingerprint) this.settle(upstream, [tool.name]);
  }

  refuse(upstream: string, tools: readonly ToolDefinition[]): void {
    for (const tool of tools) of(this.#refused, upstream).set(tool.name, tool);
  }

  settle(upstream: string, tools: readonly string[]): void {
    for (const tool of tools) this.#refused.get(upstream)?.delete(tool);
  }

  close(): void {}
}

function of(held: Held, upstream: string): Map<string, ToolDefinition> {
  const own = held.get(upstream) ?? new Map<string, ToolDefinition>();
  held.set(upstream, own);
  return own;
}
