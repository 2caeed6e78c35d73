import { AnalyzedDetector } from '../mask/analyzed-detector.ts';
import type { Detector, Span } from '../mask/detector.ts';
import { DEEP, EACH, type MaskObligation, type PathSegment } from '../model/decision.ts';
import type { Part, PartKind, Promised } from '../pipeline/carried.ts';
import type { FrameMasks } from '../pipeline/stages/mask-frame.ts';

/** {@link FrameMasks} as data that another thread can be given. */
export interface PlainMasks extends Omit<FrameMasks, 'masks' | 'parts' | 'found' | 'promised'> {
  readonly masks: readonly PlainMask[];
  readonly parts: readonly PlainPart[];
  readonly promised: readonly PlainPromise[];
  readonly found: readonly (readonly [string, ReadonlyMap<string, readonly Span[]>])[];
}

/** Schemas are text, because numbers that are held as text can't be handed to another thread. */
interface PlainPromise extends Pick<Promised, 'path'> {
  readonly fingerprint: string;
  readonly schema: string;
}
type PlainStep = string | number | { readonly every: 'child' | 'depth' };
interface PlainMask {
  readonly mask: MaskObligation;
  /** Of a mask with a path: its steps. */
  readonly path?: readonly PlainStep[];
}
type PlainPart = Omit<Part, 'masks'> & { readonly masks?: readonly PlainMask[] };

/**
 * Masks as plain data.
 *
 * @throws Error where a detector is not, which can't be handed on
 */
export function toPlain({ masks, parts, found, promised = [], ...others }: FrameMasks): PlainMasks {
  const plain = each(plainMask);
  return {
    ...others,
    masks: masks.map(plain),
    parts: parts.map(({ what, masks: due, ...part }) => {
      return { ...part, what: withoutBody(what), ...(due && { masks: due.map(plain) }) };
    }),
    promised: promised.map(({ path, output: { fingerprint, schema } }) => {
      return { path, fingerprint, schema: JSON.stringify(schema) };
    }),
    found: [...(found ?? [])].map(([name, detector]) => [name, findingsOf(detector)] as const),
  };
}

export function fromPlain({ masks, parts, found, promised, ...others }: PlainMasks): FrameMasks {
  const mask = each(maskOf);
  return {
    ...others,
    masks: masks.map(mask),
    parts: parts.map(({ masks: due, ...part }) => {
      return { ...part, ...(due && { masks: due.map(mask) }) };
    }),
    promised: promised.map(({ path, fingerprint, schema }) => {
      return { path, output: { fingerprint, schema: JSON.parse(schema) } };
    }),
    found: new Map(
      found.map(([name, findings]) => [name, new AnalyzedDetector(name, findings)] as const),
    ),
  };
}

/** The same result for the same object, because masks are known by what they are, not by what they say. */
function each<From extends object, To>(turn: (from: From) => To): (from: From) => To {
  const known = new Map<From, To>();
  return (from) => {
    const before = known.get(from);
    if (before) return before;
    const made = turn(from);
    known.set(from, made);
    return made;
  };
}

function plainMask(mask: MaskObligation): PlainMask {
  const { target } = mask;
  if (!('path' in target)) return { mask };
  const plain = { ...mask, target: { ...target, path: [] } };
  return { mask: plain, path: target.path.map(plainStep) };
}

function maskOf({ mask, path }: PlainMask): MaskObligation {
  const { target } = mask;
  if (!path || !('path' in target)) return mask;
  return { ...mask, target: { ...target, path: path.map(stepOf) } };
}

/** Symbols can't be handed to another thread. */
function plainStep(step: PathSegment): PlainStep {
  if (typeof step !== 'symbol') return step;
  return { every: step === EACH ? 'child' : 'depth' };
}

function stepOf(step: PlainStep): PathSegment {
  if (typeof step !== 'object') return step;
  return step.every === 'child' ? EACH : DEEP;
}

/** The body of a part stands in the frame as well. */
function withoutBody(what: PartKind): PartKind {
  switch (what.kind) {
    case 'request':
      return { kind: 'request', method: what.method, params: {} };
    case 'answer':
      return { kind: 'answer', method: what.method, result: {} };
    case 'unasked':
      return { kind: 'unasked', result: {} };
    case 'outcome':
      return { kind: 'outcome', result: {} };
    case 'own':
      return what;
  }
}

function findingsOf(detector: Detector): ReadonlyMap<string, readonly Span[]> {
  if (detector instanceof AnalyzedDetector) return detector.findings;
  throw new TypeError(`what ${detector.name} has found is no plain data`);
}
