import type { Config } from '../config/schema.ts';
import { GateError } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import type { PinStore } from '../model/seams.ts';
import { type PinChanges, pinChanges, type Tools } from './pin-changes.ts';
import { visible } from './transcripts/visible.ts';

/** A tool that an operator names: `orders/query`. */
export interface NamedTool {
  readonly upstream: string;
  readonly tool: string;
}

/**
 * Reads what `--accept` names.
 *
 * @throws GateError USAGE
 */
export function namedTools(given: readonly string[], config: Config): NamedTool[] {
  return given.map((text) => {
    const slash = text.indexOf('/');
    const [upstream, tool] = [text.slice(0, slash), text.slice(slash + 1)];
    if (slash < 1 || tool === '') {
      throw new GateError('USAGE', `--accept takes UPSTREAM/TOOL, not "${visible(text)}"`);
    }
    requireUpstream(upstream, config);
    return { upstream, tool };
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

/**
 * Accepts one tool in the place where a gate keeps what it has first seen: the definition that the gate has refused,
 * otherwise the one that the upstream has.
 *
 * @throws GateError USAGE where the upstream has no such tool
 */
export async function acceptSeen(
  { upstream, tool }: NamedTool,
  store: PinStore,
  present: () => Promise<Tools>,
): Promise<PinChanges> {
  const accepted = store.accepted(upstream, tool);
  const wanted = store.refused(upstream, tool) ?? (await present()).get(tool);
  if (!wanted) throw noTool(upstream, tool);
  store.accept(upstream, wanted);
  const before: Tools = new Map(accepted && [[tool, accepted]]);
  return pinChanges(upstream, before, new Map([[tool, wanted]]));
}

/** The error for a tool that an upstream does not have. */
export function noTool(upstream: string, tool: string): GateError {
  return new GateError('USAGE', `upstream ${upstream} has no tool "${visible(tool)}"`);
}
