import { applyMasks } from '../mask/mask.ts';
import type { MaskContext } from '../mask/mask-context.ts';
import { DEEP, EACH, type MaskObligation } from '../model/decision.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { FactRecord } from '../model/transcript.ts';
import type { ToolFacts } from './catalog.ts';
import { factRecord } from './identity-ledger.ts';

/** Sets of masks that are remembered for a tool, then forgotten at once. */
const MAX_SETS = 100;

const numbers = new WeakMap<MaskObligation, number>();
const names = new WeakMap<readonly MaskObligation[], string>();
const records = new WeakMap<JsonObject, Map<string, FactRecord>>();
let count = 0;

/**
 * What rules may read of a tool, as transcripts keep it. What a mask would change in it is null, which stands for what
 * can't be judged, so that nothing which is masked in a list of tools is readable here.
 *
 * @param masks those that may be due on what the upstream says
 */
export function toolFact(
  facts: ToolFacts & JsonObject,
  masks: readonly MaskObligation[],
  context: MaskContext,
): FactRecord {
  const known = records.get(facts) ?? new Map<string, FactRecord>();
  records.set(facts, known);
  const name = nameOf(masks);
  const before = known.get(name);
  if (before) return before;
  if (known.size >= MAX_SETS) known.clear();
  const shown = masks.length === 0 ? facts : readable(facts, masks, context);
  const record = factRecord(shown);
  known.set(name, record);
  return record;
}

function nameOf(masks: readonly MaskObligation[]): string {
  const before = names.get(masks);
  if (before !== undefined) return before;
  const name = masks.map(numberOf).join();
  names.set(masks, name);
  return name;
}

function numberOf(mask: MaskObligation): number {
  const before = numbers.get(mask);
  if (before !== undefined) return before;
  count++;
  numbers.set(mask, count);
  return count;
}

function readable(
  facts: JsonObject,
  masks: readonly MaskObligation[],
  context: MaskContext,
): JsonObject {
  const shown = (name: string, value: Json): Json => {
    if (name === 'flags') return value;
    if (name === 'annotations' && isObject(value)) return eachOf(value, shown);
    return isChanged(name, value, masks, context) ? null : value;
  };
  return eachOf(facts, shown);
}

function eachOf(value: JsonObject, shown: (name: string, member: Json) => Json): JsonObject {
  const members = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    return member === undefined ? [] : [[name, shown(name, member)]];
  });
  return Object.fromEntries(members);
}

/** What can't be masked here, such as what an analyzer has to see, counts as changed. */
function isChanged(
  name: string,
  value: Json,
  masks: readonly MaskObligation[],
  context: MaskContext,
): boolean {
  if (typeof value !== 'string') return false;
  if (masks.some((mask) => reaches(mask, name))) return true;
  const whole = { [name]: value };
  try {
    const place = { members: { [name]: 'data' } } as const;
    return applyMasks(whole, masks, { place, side: 'result', context }).value !== whole;
  } catch {
    return true;
  }
}

/** A path says where something stands in a list of tools, which a fact by itself is not. */
function reaches({ target, sides }: MaskObligation, name: string): boolean {
  if (!('path' in target) || !sides.includes('result')) return false;
  const { path } = target;
  if (!path.includes('tools') && !path.includes(DEEP) && path[0] !== EACH) return false;
  const last = path.findLast((step) => typeof step === 'string');
  return last === undefined || ['tools', 'annotations', name].includes(last);
}
