import type { Config } from '../../config/schema.ts';
import { GateError } from '../../model/errors.ts';
import { suggest } from '../../model/nearest.ts';
import type { PinStore } from '../../model/seams.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';
import { visible } from '../../model/visible.ts';
import type { PinnedTools } from '../../policy/pin/lock-file.ts';
import {
  fingerprintDigits,
  isFingerprint,
  namedDefinition,
} from '../../policy/pin/short-fingerprint.ts';
import { type PinChanges, pinChanges, type Tools } from './pin-changes.ts';

/** A tool that an operator names: `orders/query`, or `orders/query@0123…`. */
export interface NamedTool {
  readonly upstream: string;
  readonly tool: string;
  /** The first digits of the fingerprint of the definition that is meant. */
  readonly digits?: string;
}

/** Asks an upstream for its tools. */
export type ToolsAt = (upstream: string) => Promise<Tools>;

/**
 * Reads what `--accept` names.
 *
 * @throws GateError USAGE
 */
export function namedTools(given: readonly string[], config: Config): NamedTool[] {
  return given.map((text) => {
    const slash = text.indexOf('/');
    const [upstream, rest] = [text.slice(0, slash), text.slice(slash + 1)];
    if (slash < 1 || rest === '') {
      throw new GateError(
        'USAGE',
        `--accept takes UPSTREAM/TOOL@FINGERPRINT, not "${visible(text)}"`,
      );
    }
    requireUpstream(upstream, config);
    return { upstream, ...namedDefinition(rest) };
  });
}

/** @throws GateError USAGE where there is no such upstream, or its tools are not pinned */
export function requireUpstream(name: string, config: Config): void {
  const known = Object.keys(config.upstreams);
  if (!known.includes(name)) {
    const hint = suggest(name, known);
    throw new GateError('USAGE', `there is no upstream "${visible(name)}"`, { hint });
  }
  if (modeOf(name, config) === 'off') {
    throw new GateError('USAGE', `the tools of ${name} are not pinned (pins: off)`);
  }
}

/** How the tools of an upstream are pinned. */
export function modeOf(name: string, config: Config) {
  return config.upstreams[name]?.pins ?? config.pins.mode;
}

/** A definition that is to be accepted. */
export interface Choice extends NamedTool {
  /** What has been accepted before. */
  readonly before: ToolDefinition | undefined;
  /** Undefined where the upstream has the tool no more. */
  readonly wanted: ToolDefinition | undefined;
}

/**
 * What is to be accepted in the place where a gate keeps what it has first seen: the definition that the gate has
 * refused, otherwise the one that the upstream has.
 *
 * @throws GateError USAGE where the upstream has no such tool; PIN_CHANGED where another definition was named
 */
export async function chooseSeen(
  named: NamedTool,
  store: PinStore,
  toolsAt: ToolsAt,
): Promise<Choice> {
  const { upstream, tool } = named;
  const before = store.accepted(upstream, tool);
  const wanted = store.refused(upstream, tool) ?? (await toolsAt(upstream)).get(tool);
  if (!wanted) throw noTool(upstream, tool);
  requireNamed(named, wanted);
  return { ...named, before, wanted };
}

/**
 * What is to be accepted into a lock file: what the upstream has.
 *
 * @throws GateError USAGE where neither has such a tool; PIN_CHANGED where another definition was named
 */
export async function chooseLocked(
  named: NamedTool,
  locked: PinnedTools,
  toolsAt: ToolsAt,
): Promise<Choice> {
  const { upstream, tool } = named;
  const before = locked.get(upstream)?.get(tool);
  const wanted = (await toolsAt(upstream)).get(tool);
  if (!wanted && (!before || named.digits !== undefined)) throw noTool(upstream, tool);
  if (wanted) requireNamed(named, wanted);
  return { ...named, before, wanted };
}

/** Accepted tools of a lock file, with others in their places. */
export function withChosen(locked: PinnedTools, chosen: readonly Choice[]): PinnedTools {
  const after = new Map(locked);
  for (const { upstream, tool, wanted } of chosen) {
    const others = [...(after.get(upstream) ?? [])].filter(([name]) => name !== tool);
    after.set(upstream, new Map(wanted ? [...others, [tool, wanted]] : others));
  }
  return after;
}

/** What accepting a definition changes. */
export function choiceChanges({ upstream, tool, before, wanted }: Choice): PinChanges {
  return pinChanges(
    upstream,
    new Map(before && [[tool, before]]),
    new Map(wanted && [[tool, wanted]]),
  );
}

function requireNamed(
  { upstream, tool, digits }: NamedTool,
  { fingerprint }: ToolDefinition,
): void {
  if (digits === undefined || isFingerprint(fingerprint, digits)) return;
  const now = fingerprintDigits(fingerprint).slice(0, digits.length);
  const message = `the definition of ${upstream}/${visible(tool)} is another by now: ${now}, not ${digits}`;
  const hint =
    'nothing is accepted; look at what it is now ("sallyport pin" shows it), then name that';
  throw new GateError('PIN_CHANGED', message, { hint });
}

function noTool(upstream: string, tool: string): GateError {
  return new GateError('USAGE', `upstream ${upstream} has no tool "${visible(tool)}"`);
}
