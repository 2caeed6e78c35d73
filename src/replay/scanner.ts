import { createSecretKey } from 'node:crypto';
import type { Detector, Span } from '../mask/detector.ts';
import { detectorGroups, detectors } from '../mask/detectors.ts';
import { applyMasks } from '../mask/mask.ts';
import type { MaskContext } from '../mask/mask-context.ts';
import { ownDetector } from '../mask/own/own-detector.ts';
import { parsePath } from '../mask/place/path.ts';
import type { Place } from '../mask/place/place.ts';
import { errorPlace, paramsPlace, resultPlace } from '../mask/place/places.ts';
import { findTokens } from '../mask/token/token-text.ts';
import type { DetectorSpec, MaskObligation } from '../model/decision.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../model/json.ts';
import { foldedPlace } from './folded-place.ts';
import type { MaskNote } from './mask-notes.ts';
import type { RecordedMessage } from './recorded-message.ts';

/** What a detector has found in a message; never a value. */
export interface ScanFinding {
  readonly detector: string;
  readonly count: number;
  /** Some of the places, with indexes folded: `result.content[*].text`. */
  readonly places: readonly string[];
}

/** Nothing that is found here leaves the scan, so any key will do. */
const context: MaskContext = { key: createSecretKey(new Uint8Array(32)), owner: '' };
const at = { file: 'scan', line: 1, column: 1 };
const PREFIX = 'scan:';
/** What the gate puts in place of values. */
const PLACEHOLDER =
  /\[redacted(?::[A-Za-z0-9:_-]{1,80})?\]|\b(?:redacted@redacted|[a-z0-9-]{1,32}\.[0-9a-z]{16}@token)\.invalid\b/g;
const OWN_MEMBER = 'dev.sallyport/';
/** Maskers that leave something which could be taken for data. */
const LEAVING = ['keep', 'hash', 'token', 'replace', 'round', 'generalize'];

/** Looks for what detectors find in recorded messages, and leaves out what the gate itself has put there. */
export class Scanner {
  readonly #masks: readonly MaskObligation[];
  readonly #found: ReadonlyMap<string, Detector>;
  #message: Pick<RecordedMessage, 'masks' | 'tokens'> = { masks: [], tokens: new Set() };

  constructor(wanted: readonly Detector[], own: readonly DetectorSpec[] = []) {
    const all = [...wanted, ...own.map(ownDetector)];
    const isOwn = (token: string) => this.#isOwn(token);
    this.#found = new Map(all.map((one) => [PREFIX + one.name, withoutOwnMarks(one, isOwn)]));
    const find = [...this.#found.keys()];
    const shared = { rule: 'scan', at, sides: ['result'], with: { masker: 'redact' } } as const;
    this.#masks = [{ ...shared, target: { find } }];
  }

  get names(): string[] {
    return [...this.#found.values()].map(({ name }) => name);
  }

  /** @param method of the request that began the exchange */
  find(recorded: RecordedMessage, method: string): ScanFinding[] {
    const { text, answers, masks } = recorded;
    this.#message = recorded;
    const message = messageIn(text);
    if (!message) return this.#look(text, 'data', [], masks);
    return partsOf(message, answers ? method : undefined).flatMap(({ name, value, place }) => {
      return this.#look(withoutOwnMembers(value), place, [name], masks);
    });
  }

  #look(value: Json, place: Place, at: readonly string[], masks: readonly MaskNote[]) {
    const how = { place, side: 'result', context, found: this.#found } as const;
    const { reports } = applyMasks(value, this.#masks, how);
    return reports.flatMap(({ what, count, places }): ScanFinding[] => {
      // The gate has masked all that this detector finds here, so what is left is what took its place.
      if (masks.some((mask) => mask.what === what)) return [];
      const whole = places.map((one) => [...at, one].filter((step) => step !== '').join('.'));
      const own = new Set(masks.filter(leavesOther).flatMap((mask) => mask.places));
      const foreign = whole.filter((one) => ![...own].some((known) => covers(known, one)));
      if (whole.length > 0 && foreign.length === 0) return [];
      const folded = foreign.map((one) => foldedPlace(one, this.#hides));
      return [{ detector: what, count, places: [...new Set(folded)] }];
    });
  }

  /** A word of any other kind before a colon may as well be a name, and what follows its value. */
  #isOwn(token: string): boolean {
    const { masks, tokens } = this.#message;
    const label = token.split(':')[0] ?? '';
    return (
      detectors.has(label) ||
      detectorGroups.has(label) ||
      tokens.has(token) ||
      masks.some((mask) => mask.with === 'token')
    );
  }

  readonly #hides = (name: string): boolean => {
    return [...this.#found.values()].some((detector) => detector.find(name).length > 0);
  };
}

/** A mask of a path or a field, or of a detector that is not built in, that may have left something like data. */
function leavesOther({ what, with: masker = 'redact' }: MaskNote): boolean {
  return !detectors.has(what) && LEAVING.includes(masker);
}

/** True where a place is another, or within it. Reports tell places from the part of the message on. */
function covers(known: string, place: string): boolean {
  const inner = parsePath(place);
  const outer = parsePath(known);
  if (typeof inner === 'string' || typeof outer === 'string') return false;
  const starts = [0, 1].filter((from) => inner.length - from >= outer.length);
  return starts.some((from) => outer.every((step, index) => step === inner[index + from]));
}

/** The same detector, without what lies in a placeholder or a token of the gate's. */
function withoutOwnMarks(detector: Detector, isOwn: (token: string) => boolean): Detector {
  const { name, needs } = detector;
  return {
    name,
    ...(needs && { needs }),
    find: (text, field) => {
      const spans = detector.find(text, field);
      if (spans.length === 0) return spans;
      const marks = ownMarks(text, isOwn);
      if (marks.length === 0) return spans;
      return spans.filter(({ start, end }) => !marks.some((m) => start < m.end && m.start < end));
    },
  };
}

function ownMarks(text: string, isOwn: (token: string) => boolean): Span[] {
  const placeholders = [...text.matchAll(PLACEHOLDER)].map(({ index, 0: found }) => {
    return { start: index, end: index + found.length };
  });
  const tokens = findTokens(text).filter(({ start, end }) => isOwn(text.slice(start, end)));
  return [...placeholders, ...tokens];
}

interface MessagePart {
  readonly name: 'params' | 'result' | 'error';
  readonly value: Json;
  readonly place: Place;
}

/** Where data sits in a message. The method that an answer is to may not be known. */
function partsOf(message: JsonObject, answered: string | undefined): MessagePart[] {
  const { method, params, result, error } = message;
  const parts: MessagePart[] = [];
  if (params !== undefined) {
    const place = typeof method === 'string' ? paramsPlace(method) : 'data';
    parts.push({ name: 'params', value: params, place });
  }
  if (result !== undefined) {
    const place = answered === undefined ? 'data' : resultPlace(answered);
    parts.push({ name: 'result', value: result, place });
  }
  if (error !== undefined) parts.push({ name: 'error', value: error, place: errorPlace });
  return parts;
}

function messageIn(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A copy without what the gate adds to `_meta` and `data`: ids of exchanges, decisions, notices. */
function withoutOwnMembers(value: Json): Json {
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([name, item]): [string, Json][] => {
    if (name.startsWith(OWN_MEMBER)) return [];
    const holds = (name === '_meta' || name === 'data') && isObject(item);
    return [[name, holds ? withoutOwnMembers(item) : item]];
  });
  return Object.fromEntries(members);
}
