import { createSecretKey } from 'node:crypto';
import type { MaskReport } from '../../mask/mask.ts';
import type { MaskObligation, MaskSide } from '../../model/decision.ts';
import { principalOf } from '../../model/identity.ts';
import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';
import type { Engine } from './engine.ts';
import { asksAnalyzer, maskNames, withoutAnalyzer } from './mask-names.ts';
import { nameOf } from './recorded-verdict.ts';
import { type MasksFound, NO_MASKS } from './verdict.ts';

/** Masks that are due on a message, or may be. */
export interface DueMasks {
  readonly sure: readonly MaskObligation[];
  readonly maybe: readonly MaskObligation[];
}

/** A part of a message that masks look into. */
export interface MaskedPart {
  readonly frame: Frame;
  readonly side: MaskSide;
  /** Places in the message that can't be seen: `['params', 'arguments', 'to']`. */
  readonly hidden: readonly HiddenPlace[];
}

export interface MaskEffect extends MasksFound {
  /** The message with those masks applied that are due for sure. */
  readonly frame: Frame;
  readonly reports: readonly MaskReport[];
}

/** Nothing that is masked here leaves the backtest, so any key will do. */
const KEY = createSecretKey(new Uint8Array(32));
/** What carries messages inside, each under masks of its own. */
const HOLDERS = ['inputRequests', 'inputResponses'];

/**
 * What masks do to a part of a recorded message. What they have done to it when it was recorded, they would do again.
 *
 * @param recorded masks that found something then
 */
export function maskEffect(
  { frame, side, hidden }: MaskedPart,
  due: DueMasks,
  found: RecordedCase,
  recorded: ReadonlySet<string>,
  engine: Engine,
): MaskEffect | undefined {
  const ofSide = (masks: readonly MaskObligation[]) =>
    masks.filter((one) => one.sides.includes(side));
  const [own, others] = [ofSide(due.sure), ofSide(due.maybe)];
  if (own.length + others.length === 0) return undefined;
  const { method } = found.record;
  const partial = hidden.length > 0 || holds(frame);
  const context = { key: KEY, owner: principalOf(found.identity) };
  const how = { method, begins: begins(frame), context };
  const plain = own.flatMap(withoutAnalyzer);
  const asked = [...own, ...others].some(asksAnalyzer);
  const open = partial ? [...own, ...others] : others;
  const maybe = asked ? 'any' : namesIn(open);
  const names = namesIn(plain);
  // What masks leave of an answer is looked at by nobody, so where all have found something there is no more to find.
  const isKnown = partial && side === 'result' && [...names].every((name) => recorded.has(name));
  if (isKnown) return { frame, reports: [], sure: names, maybe };
  const seen = partial ? withoutHidden(frame, hidden) : frame;
  const masked = engine.mask(seen, { ...how, masks: plain });
  const sure = new Set(masked.reports.map(({ what, masker }) => nameOf({ what, with: masker })));
  if (partial) for (const name of names) if (recorded.has(name)) sure.add(name);
  return { ...masked, sure, maybe };
}

/** Of what can't be read it is known only what masks have found in it when it was recorded. */
export function unreadMasks(
  side: MaskSide,
  { sure: due, maybe }: DueMasks,
  recorded: ReadonlySet<string>,
): MasksFound | undefined {
  const ofSide = [...due, ...maybe].filter(({ sides }) => sides.includes(side));
  if (ofSide.length === 0) return undefined;
  const names = namesIn(due.filter(({ sides }) => sides.includes(side)));
  const sure = new Set([...recorded].filter((name) => names.has(name)));
  return { sure, maybe: ofSide.some(asksAnalyzer) ? 'any' : namesIn(ofSide) };
}

/** What both have found. */
export function joinedMasks(up: MasksFound | undefined, down: MasksFound | undefined): MasksFound {
  if (!up || !down) return up ?? down ?? NO_MASKS;
  const sure = new Set([...up.sure, ...down.sure]);
  if (up.maybe === 'any' || down.maybe === 'any') return { sure, maybe: 'any' };
  return { sure, maybe: new Set([...up.maybe, ...down.maybe]) };
}

function namesIn(masks: readonly MaskObligation[]): Set<string> {
  return new Set(masks.flatMap((mask) => [...maskNames(mask)]));
}

/** Params that the gate knows: others are taken off before anything is masked. */
export function knownParams(method: string, params: JsonObject): JsonObject {
  const { params: known } = methodRow(method);
  if (!known) return params;
  const names = Object.keys(params);
  if (names.every((name) => known.includes(name))) return params;
  return Object.fromEntries(names.flatMap((name) => (known.includes(name) ? [[name, params[name] as Json]] : []))); // biome-ignore format: one line says it
}

function bodyOf(frame: Frame): JsonObject {
  const { message } = frame;
  if ('result' in message) return message.result;
  return ('params' in message && message.params) || {};
}

function holds(frame: Frame): boolean {
  return frame.kind !== 'error' && HOLDERS.some((name) => Object.hasOwn(bodyOf(frame), name));
}

function begins(frame: Frame): boolean {
  return frame.kind === 'result' && isObject(frame.message.result.task);
}

/** A message without what can't be seen, so that what masks find in it is there for sure. */
function withoutHidden(frame: Frame, hidden: readonly HiddenPlace[]): Frame {
  const holders = HOLDERS.map((name) => [frame.kind === 'result' ? 'result' : 'params', name]);
  const all = [...hidden, ...(frame.kind === 'error' ? [] : holders)];
  const message = all.reduce<Json>((value, place) => emptied(value, place), {
    ...frame.message,
  } as unknown as Json);
  return { ...frame, message } as unknown as Frame;
}

function emptied(value: Json, [step, ...rest]: HiddenPlace): Json {
  if (step === undefined) return isObject(value) ? {} : isList(value) ? [] : null;
  if (isList(value)) {
    return value.map((item, index) => (index === step ? emptied(item, rest) : item));
  }
  const name = String(step);
  if (!isObject(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: emptied(value[name] as Json, rest) };
}
