import { applyMasks } from '../../mask/mask.ts';
import type { MaskContext } from '../../mask/mask-context.ts';
import { resultPlace } from '../../mask/place/places.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Log } from '../../model/seams.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';
import { definitionDifference } from '../../policy/pin/definition-difference.ts';
import { toolDefinition } from '../../policy/pin/tool-definition.ts';
import { findingLine, toolFindings } from '../../policy/pin/tool-flags.ts';
import { UNKNOWN } from '../../policy/subject.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import type { PinRefusal, Pins } from '../pins.ts';
import { subjectOf } from '../subject-of.ts';
import { blockFor, decisionDetail, refuse, union } from './decide.ts';

/** Lines of a difference, and tools of a list, that a transcript and the log are given. */
const MAX_LINES = 12;
const MAX_TOOLS = 10;
/** Characters of definitions that are looked at for flags at a time, so that a list can't keep the gate busy. */
const MAX_EXAMINED = 524_288;

export interface PinToolsOptions {
  readonly log: Log;
  /** Is told of each list that is whole. It must not take long. */
  readonly listed?: ((upstream: string, tools: readonly ToolDefinition[]) => void) | undefined;
}

/**
 * Looks at the tools of a list as the upstream sent them, before anything else changes them: what they are is learnt,
 * and those whose definition was not accepted are left out.
 */
export function pinTools(
  catalog: ToolCatalog,
  pins: Pins | undefined,
  { log, listed: told }: PinToolsOptions,
): Stage {
  return (frame, exchange) => {
    const { list } = methodRow(exchange.method);
    if (frame.kind !== 'result' || frame.direction !== 'down' || list?.kind !== 'tools') {
      return forward(frame);
    }
    const { result } = frame.message;
    const tools = result[list.key];
    if (!isList(tools)) return forward(frame);
    const listed = tools.map((tool) => ({ tool, definition: toolDefinition(tool) }));
    catalog.learn(exchange.upstream, listed);
    const definitions = listed.flatMap(({ definition }) => definition ?? []);
    const isWhole = result.nextCursor === undefined && exchange.params?.cursor === undefined;
    if (isWhole) told?.(exchange.upstream, definitions);
    if (!pins) return forward(frame);
    const masks = masksOn(exchange, catalog);
    const { refused, remembered } = pins.look(exchange.upstream, definitions, (before, after) =>
      difference(before, after, masks(), exchange.masking),
    );
    noteFlags(remembered, exchange, log);
    if (refused.size === 0) return forward(frame);
    noteRefused(refused, exchange);
    const kept = listed.filter(({ definition }) => !definition || !refused.has(definition));
    const { source: _, ...rest } = frame;
    const left = { ...result, [list.key]: kept.map(({ tool }) => tool) };
    return forward({ ...rest, message: { ...frame.message, result: left } });
  };
}

/** Stops calls of tools whose definition was not accepted, after policy had its say. */
export function pinnedCalls(pins: Pins | undefined): Stage {
  return (frame, exchange) => {
    if (!pins || frame.kind !== 'request' || frame.direction !== 'up') return forward(frame);
    const { method, params } = frame.message;
    if (method !== 'tools/call') return forward(frame);
    const refusal = pins.standing(exchange.upstream, String(params?.name));
    if (!refusal) return forward(frame);
    const decision = { ...blockFor(refusal.reason), masks: exchange.decision?.masks ?? [] };
    exchange.decision = decision;
    exchange.note('decided', { ...decisionDetail(decision), code: refusal.code });
    return refuse(frame, decision, exchange);
  };
}

/** The masks of the exchange, and all that may be due on the upstream: which of them are, is decided after this. */
function masksOn(exchange: Exchange, catalog: ToolCatalog): () => readonly MaskObligation[] {
  return () => {
    const { decision, snapshot, method } = exchange;
    const subject = subjectOf(exchange, catalog, { method, result: UNKNOWN });
    return union(decision?.masks, snapshot.policies?.masksOfUpstream(subject));
  };
}

/** What changed, as far as masks let it be read. */
function difference(
  before: ToolDefinition,
  after: ToolDefinition,
  masks: readonly MaskObligation[],
  context: MaskContext,
): string[] {
  if (masks.length === 0) {
    return definitionDifference(before.definition, after.definition, MAX_LINES);
  }
  const place = resultPlace('tools/list');
  const shown = ({ definition }: ToolDefinition): JsonObject => {
    const { value } = applyMasks({ tools: [definition] }, masks, {
      place,
      side: 'result',
      context,
    });
    const tools = isObject(value) ? value.tools : undefined;
    const tool: Json | undefined = isList(tools) ? tools[0] : undefined;
    return isObject(tool) ? tool : {};
  };
  const lines = definitionDifference(shown(before), shown(after), MAX_LINES);
  return lines.length > 0 ? lines : ['what changed is masked'];
}

function noteRefused(refused: ReadonlyMap<ToolDefinition, PinRefusal>, exchange: Exchange): void {
  const tools = [...refused].slice(0, MAX_TOOLS).map(([{ name }, { code, difference: lines }]) => {
    const difference = lines();
    return [name, { code, ...(difference.length > 0 ? { difference } : {}) }] as const;
  });
  const detail = { what: 'tools (pins)', count: refused.size, tools: Object.fromEntries(tools) };
  exchange.note('masked', detail);
}

/** Says what is noticeable about tools that were seen for the first time. */
function noteFlags(remembered: readonly ToolDefinition[], exchange: Exchange, log: Log): void {
  const { upstream } = exchange;
  let count = 0;
  let left = MAX_EXAMINED;
  for (const { name, definition } of remembered) {
    if (count >= MAX_TOOLS) return;
    left -= JSON.stringify(definition).length;
    const findings = left >= 0 ? toolFindings(definition) : undefined;
    if (findings?.length === 0) continue;
    count++;
    const found = findings?.slice(0, MAX_LINES).map(findingLine) ?? [
      'its texts are too long to look at',
    ];
    log.warn(
      { code: 'PIN_FLAGGED', upstream, tool: name, found },
      'a tool is pinned that should be looked at',
    );
    exchange.note('decided', {
      effect: 'allow',
      reason: 'a tool is pinned that should be looked at',
      tool: name,
      found,
    });
  }
}
