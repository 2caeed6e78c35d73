import type { ChangedPlaces } from '../mask/changed-places.ts';
import type { Detector } from '../mask/detector.ts';
import type { Masked } from '../mask/mask.ts';
import type { OutputSchema } from '../mask/output-schema.ts';
import type { Place } from '../mask/place.ts';
import type { LimitClaim, MaskObligation } from '../model/decision.ts';
import { isList, isObject, type Json, type JsonObject, withMember } from '../model/json.ts';
import type { Task } from './tasks.ts';

/** What a part of a message is, and so what it is judged as. */
export type PartKind =
  /** A request of the upstream's to the client. */
  | { readonly kind: 'request'; readonly method: string; readonly params: JsonObject }
  /** The client's answer to one. */
  | { readonly kind: 'answer'; readonly method: string; readonly result: JsonObject }
  /** The client's answer to nothing that the gate knows of, so it may be one to any question that there is. */
  | { readonly kind: 'unasked'; readonly result: JsonObject }
  /** What a call came to that was made a task. */
  | { readonly kind: 'outcome'; readonly result: JsonObject }
  | { readonly kind: 'outcome'; readonly error: JsonObject }
  /** What the gate itself has made or checked. */
  | { readonly kind: 'own' };

/** A message, or another thing with a judgement of its own, inside a message. */
export interface Part {
  readonly what: PartKind;
  /** Where it stands in the params or the result that carries it. */
  readonly path: readonly [string, ...(string | number)[]];
  /** Where data sits in it. */
  readonly place: Place;
  /** What must be masked in it; undefined while it has not been judged. */
  readonly masks?: readonly MaskObligation[];
}

/** What a request claims of limits. */
export interface Charge {
  readonly claims: readonly LimitClaim[];
  /** Those of shadow rules. */
  readonly shadow: readonly LimitClaim[];
  /** What the request is known by where it comes more than once, and counts once. */
  readonly once?: string;
}

/** What a tool has promised of its structured content, and kept. */
export interface Promised {
  readonly schema: OutputSchema;
  /** Where in the params or the result. */
  readonly path: readonly (string | number)[];
  /** Before masks. */
  readonly content: Json;
}

/** What a message carries inside. */
export interface Carried {
  readonly parts: readonly Part[];
  /** What the requests inside claim of limits. */
  readonly charges?: readonly Charge[];
  /** The task that a notification is about. */
  readonly task?: Task;
  /** A result that is not the last word on its call: a question, or a task that has begun. */
  readonly interim?: true;
  /** A result that says which task has begun. */
  readonly begins?: true;
  /** Structured content as it came, of a tool that promises what it is like. */
  readonly promised?: readonly Promised[];
  /** What an external analyzer has found in the texts that masks look at, by the name that masks give it. */
  readonly analyzed?: ReadonlyMap<string, Detector>;
  /** What masks have done to it. */
  readonly masked?: Pick<Masked, 'reports' | 'tokens'> & { readonly changed: ChangedPlaces };
}

export const NOTHING: Carried = { parts: [] };

/** The value at a path; undefined where nothing is there. */
export function valueAt(value: Json, path: readonly (string | number)[]): Json | undefined {
  let at: Json | undefined = value;
  for (const step of path) {
    if (isList(at) && typeof step === 'number') at = at[step];
    else if (isObject(at) && typeof step === 'string' && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** A copy of a value with another one at a path that is there. */
export function withValueAt(value: Json, path: readonly (string | number)[], put: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return put;
  if (isList(value)) {
    return value.map((item, index) => (index === step ? withValueAt(item, rest, put) : item));
  }
  if (!isObject(value) || typeof step !== 'string') return value;
  const below = value[step];
  return below === undefined ? value : withMember(value, step, withValueAt(below, rest, put));
}
