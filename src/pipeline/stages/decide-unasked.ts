import { applyMasks } from '../../mask/mask.ts';
import { resultPlace } from '../../mask/place/places.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { RequestFrame } from '../../model/message.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { questions } from '../../protocol/methods.ts';
import type { Part } from '../carried.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { withBody } from '../frame-body.ts';
import { subjectOf } from '../subject-of.ts';
import { decideByGrant, decisionDetail, NO_POLICY, refuse, union } from './decide.ts';

/**
 * Judges answers to nothing that the gate knows of, each as the answer to every kind of question. One that all of them
 * would let through goes on, under the masks of all; any other is taken off, and the call goes on without it.
 */
export function decideUnasked(catalog: ToolCatalog): Stage {
  return (frame, exchange) => {
    const { parts } = exchange.carried;
    if (frame.kind !== 'request' || !parts.some(isUnasked)) return forward(frame);
    const { policies } = exchange.snapshot;
    if (!policies) return refuse(frame, NO_POLICY, exchange);
    const judged = parts.map((part) => {
      const masks = isUnasked(part) ? masksOn(part, exchange, policies, catalog) : part.masks;
      return masks ? { ...part, masks } : part;
    });
    // Those taken off stay known, without masks: so a transcript shows nothing of them.
    exchange.carried = { ...exchange.carried, parts: judged };
    const off = judged.filter((part) => isUnasked(part) && !part.masks);
    if (off.length === 0) return forward(frame);
    exchange.note('masked', { what: 'inputResponses (no question)', count: off.length });
    return forward(without(frame, new Set(off.map(({ path }) => path[1]))));
  };
}

function isUnasked({ what }: Part): boolean {
  return what.kind === 'unasked';
}

/** What must be masked in an answer that may go on; undefined of one that may not. */
function masksOn(
  { what, path }: Part,
  exchange: Exchange,
  policies: PolicySet,
  catalog: ToolCatalog,
): readonly MaskObligation[] | undefined {
  if (what.kind !== 'unasked') return undefined;
  const { result } = what;
  let masks = union(exchange.decision?.masks, exchange.passing?.masks);
  for (const method of questions) {
    const decision = decideByGrant(subjectOf(exchange, catalog, { method, result }), policies);
    exchange.note('decided', { ...decisionDetail(decision), what: `inputResponses ${method}` });
    if (decision.effect !== 'allow') return undefined;
    masks = union(masks, decision.masks);
  }
  return hasOneReading(String(path[1]), result, masks, exchange) ? masks : undefined;
}

/** True where masks do the same to an answer whatever it answers, and nothing to its name. */
function hasOneReading(
  key: string,
  result: JsonObject,
  masks: readonly MaskObligation[],
  exchange: Exchange,
): boolean {
  if (
    applyMasks(key, masks, { place: 'data', side: 'args', context: exchange.masking }).value !== key
  )
    return false;
  const readings = ['data' as const, ...questions.map(resultPlace)].map((place) =>
    JSON.stringify(
      applyMasks(result, masks, { place, side: 'args', context: exchange.masking }).value,
    ),
  );
  return new Set(readings).size === 1;
}

/** A request without some of its answers. */
function without(frame: RequestFrame, keys: ReadonlySet<unknown>): RequestFrame {
  const { inputResponses, ...params } = frame.message.params ?? {};
  const given = isObject(inputResponses) ? Object.entries(inputResponses) : [];
  const kept = Object.fromEntries(given.filter(([key]) => !keys.has(key)));
  return withBody(frame, { ...params, inputResponses: kept });
}
