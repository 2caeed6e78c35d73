import type { Log, PinEntry, PinStore } from '../model/seams.ts';
import type { ToolDefinition } from '../model/tool-definition.ts';
import { acceptCommand } from '../policy/pin/accept-command.ts';
import { visibleText } from '../policy/pin/hidden-characters.ts';
import type { PinnedTools } from '../policy/pin/lock-file.ts';
import { fingerprintDigits } from '../policy/pin/short-fingerprint.ts';

/** How tools of an upstream are pinned: not at all, as they are first seen, or as the lock file has them. */
export type PinMode = 'off' | 'first-sight' | 'lock';

export interface PinsOptions {
  readonly store: PinStore;
  readonly mode: (upstream: string) => PinMode;
  /** What the lock file holds now. */
  readonly locked: () => PinnedTools;
  readonly log: Log;
}

/** Why a tool is not to be used. */
export interface PinRefusal {
  readonly code: 'PIN_CHANGED' | 'PIN_UNKNOWN' | 'PIN_LIMIT';
  readonly reason: string;
  /** What changed, a line each; found out when it is asked for. */
  readonly difference: () => readonly string[];
}

/** What came of looking at a list. */
export interface Sighting {
  readonly refused: ReadonlyMap<ToolDefinition, PinRefusal>;
  /** Tools that were seen for the first time, and are pinned now. */
  readonly remembered: readonly ToolDefinition[];
}

/** Says what changed between two definitions. */
export type Difference = (before: ToolDefinition, after: ToolDefinition) => readonly string[];

/** Tools of an upstream that are pinned at first sight. No model can choose among so many. */
const MAX_PINS = 4_096;
/** Characters of a definition that are kept for its difference from another. */
const MAX_KEPT = 65_536;
/** A tool that changes again and again is logged so many times, and of one list so many tools; others with the next. */
const MAX_TOLD = 8;
const MAX_TOLD_OF_LIST = 10;
const NOTHING: Sighting = { refused: new Map(), remembered: [] };

/** Compares what upstreams say of their tools with what was accepted. */
export class Pins {
  readonly #options: PinsOptions;
  readonly #cached = new Map<string, ReadonlyMap<string, PinEntry>>();
  #version: number;
  #asked: number;
  /** The last refusal that was logged of each tool. */
  readonly #told = new Map<string, { readonly what: string; readonly times: number }>();

  constructor(options: PinsOptions) {
    this.#options = options;
    this.#version = options.store.version();
    this.#asked = this.#version;
  }

  /**
   * Looks at tools that an upstream has listed, remembers those that are new where first sight counts, and keeps in
   * mind which have changed.
   */
  look(upstream: string, tools: readonly ToolDefinition[], difference: Difference): Sighting {
    const mode = this.#options.mode(upstream);
    if (mode === 'off') return NOTHING;
    this.#refresh();
    const remembered = mode === 'first-sight' ? this.#remember(upstream, tools) : [];
    const refused = new Map<ToolDefinition, PinRefusal>();
    for (const tool of tools) {
      const refusal = this.#compare(upstream, tool, difference);
      if (refusal) refused.set(tool, refusal);
    }
    this.#keep(upstream, tools, refused);
    let told = 0;
    for (const [tool, refusal] of refused) {
      if (this.#tell(upstream, tool, refusal) && ++told === MAX_TOLD_OF_LIST) break;
    }
    return { refused, remembered };
  }

  /** Why a tool is not to be called; undefined where it may be, as far as is known. */
  standing(upstream: string, tool: string): PinRefusal | undefined {
    const mode = this.#options.mode(upstream);
    if (mode === 'off' || !this.#stops(upstream, tool, mode)) return undefined;
    // It may have been accepted a moment ago.
    this.#refresh();
    const code = this.#stops(upstream, tool, mode);
    const entry = code === 'PIN_CHANGED' ? this.#entries(upstream).get(tool) : undefined;
    return code && refusal(code, upstream, { name: tool, fingerprint: entry?.refused });
  }

  #stops(upstream: string, tool: string, mode: PinMode): PinRefusal['code'] | undefined {
    const entries = this.#entries(upstream);
    const accepted = this.#accepted(upstream, tool);
    if (accepted === undefined) {
      if (mode === 'lock') return 'PIN_UNKNOWN';
      return entries.size >= MAX_PINS ? 'PIN_LIMIT' : undefined;
    }
    const refused = entries.get(tool)?.refused;
    return refused === undefined || refused === accepted ? undefined : 'PIN_CHANGED';
  }

  /** True where somebody else, such as `sallyport pin`, has changed what is accepted since this was asked last. */
  hasNews(): boolean {
    this.#refresh();
    const before = this.#asked;
    this.#asked = this.#version;
    return before !== this.#version;
  }

  /** Pins the tools that have no pin yet, as far as there is room. */
  #remember(upstream: string, tools: readonly ToolDefinition[]): ToolDefinition[] {
    const entries = this.#entries(upstream);
    const fresh = new Map<string, ToolDefinition>();
    for (const tool of tools) {
      const known = entries.get(tool.name)?.accepted !== undefined || fresh.has(tool.name);
      if (!known && entries.size + fresh.size < MAX_PINS) fresh.set(tool.name, tool);
    }
    if (fresh.size === 0) return [];
    this.#options.store.remember(upstream, [...fresh.values()].map(shortened));
    this.#cached.delete(upstream);
    // Another gate on the same store may have been first, with another definition.
    const now = this.#entries(upstream);
    return [...fresh.values()].filter(
      ({ name, fingerprint }) => now.get(name)?.accepted === fingerprint,
    );
  }

  #compare(upstream: string, tool: ToolDefinition, difference: Difference): PinRefusal | undefined {
    const accepted = this.#accepted(upstream, tool.name);
    if (accepted === tool.fingerprint) return undefined;
    if (accepted === undefined) {
      const isLocked = this.#options.mode(upstream) === 'lock';
      return refusal(isLocked ? 'PIN_UNKNOWN' : 'PIN_LIMIT', upstream, tool);
    }
    let lines: readonly string[] | undefined;
    return refusal('PIN_CHANGED', upstream, tool, () => {
      const before = this.definition(upstream, tool.name);
      lines ??= before ? difference(before, tool) : [];
      return lines;
    });
  }

  /** Writes down which tools have changed, and which are as accepted again. */
  #keep(
    upstream: string,
    tools: readonly ToolDefinition[],
    refused: ReadonlyMap<ToolDefinition, PinRefusal>,
  ): void {
    const entries = this.#entries(upstream);
    const changed = tools.filter((tool) => refused.get(tool)?.code === 'PIN_CHANGED');
    const names = new Set(changed.map(({ name }) => name));
    const settled = tools
      .map(({ name }) => name)
      .filter((name) => entries.get(name)?.refused !== undefined && !names.has(name));
    const other = changed.filter(
      ({ name, fingerprint }) => entries.get(name)?.refused !== fingerprint,
    );
    if (other.length > 0) this.#options.store.refuse(upstream, other.map(shortened));
    if (settled.length > 0) this.#options.store.settle(upstream, settled);
    if (other.length + settled.length > 0) this.#cached.delete(upstream);
  }

  /** Logs a refusal, once. True where it did. */
  #tell(upstream: string, { name, fingerprint }: ToolDefinition, found: PinRefusal): boolean {
    const key = JSON.stringify([upstream, name]);
    const { what, times = 0 } = this.#told.get(key) ?? {};
    if (what === fingerprint || times >= MAX_TOLD) return false;
    if (this.#told.size > MAX_PINS) this.#told.clear();
    this.#told.set(key, { what: fingerprint, times: times + 1 });
    const { code, reason: message } = found;
    const difference = found.difference();
    const more = times + 1 === MAX_TOLD ? { note: 'further changes of it are not logged' } : {};
    const fields = {
      ...{ code, upstream, tool: name, fingerprint: fingerprintDigits(fingerprint) },
      ...(difference.length > 0 ? { difference } : {}),
    };
    this.#options.log.warn({ ...fields, ...more }, message);
    return true;
  }

  #accepted(upstream: string, tool: string): string | undefined {
    if (this.#options.mode(upstream) !== 'lock') {
      return this.#entries(upstream).get(tool)?.accepted;
    }
    return this.#options.locked().get(upstream)?.get(tool)?.fingerprint;
  }

  /** The definition of a tool that was accepted. */
  definition(upstream: string, tool: string): ToolDefinition | undefined {
    const { mode, locked, store } = this.#options;
    if (mode(upstream) === 'lock') return locked().get(upstream)?.get(tool);
    return store.accepted(upstream, tool);
  }

  #entries(upstream: string): ReadonlyMap<string, PinEntry> {
    const entries = this.#cached.get(upstream) ?? this.#options.store.entries(upstream);
    this.#cached.set(upstream, entries);
    return entries;
  }

  /** Forgets what it read where somebody else may have written since. */
  #refresh(): void {
    const version = this.#options.store.version();
    if (version !== this.#version) this.#cached.clear();
    this.#version = version;
  }
}

const REASONS = {
  PIN_CHANGED: 'has changed since it was accepted',
  PIN_UNKNOWN: 'is not in the lock file',
  PIN_LIMIT: `is not pinned, for its upstream has more than ${MAX_PINS} tools`,
} as const;

/** Characters of a name that a reason repeats. */
const MAX_NAME = 100;

function refusal(
  code: PinRefusal['code'],
  upstream: string,
  tool: { readonly name: string; readonly fingerprint: string | undefined },
  difference: PinRefusal['difference'] = () => [],
): PinRefusal {
  const name = visibleText(tool.name.slice(0, MAX_NAME));
  const accept = `an operator must accept it (${acceptCommand(upstream, tool)})`;
  const what = `the definition of tool "${name}" ${REASONS[code]}`;
  return { code, difference, reason: code === 'PIN_LIMIT' ? what : `${what}; ${accept}` };
}

/** A definition that is too long to keep is known by its fingerprint. */
function shortened(tool: ToolDefinition): ToolDefinition {
  if (JSON.stringify(tool.definition).length <= MAX_KEPT) return tool;
  const description = 'The definition is too long to be kept; its fingerprint is.';
  return { ...tool, definition: { name: tool.name, description } };
}
