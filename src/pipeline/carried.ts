import type { Detector } from '../mask/detector.ts';
import type { Masked } from '../mask/mask.ts';
import type { ChangedPlaces } from '../mask/place/changed-places.ts';
import type { Place } from '../mask/place/place.ts';
import type { RevealCover, TokenLookup } from '../mask/token/known-token.ts';
import type { LimitClaim, MaskObligation } from '../model/decision.ts';
import { isList, isObject, type Json, type JsonObject, withMember } from '../model/json.ts';
import type { PromisedOutput } from './catalog.ts';
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

/** Structured content of a tool that has promised what it is like. */
export interface Promised {
  readonly output: PromisedOutput;
  /** Where in the params or the result. */
  readonly path: readonly (string | number)[];
  /** Before masks. */
  readonly content: Json;
}

/** How a body came to fit what was promised of it. */
export interface Fit {
  /** The body that fits; left out where whoever is told of it has it already. */
  readonly body?: JsonObject;
  /** Where something else had to take a masked value's place. */
  readonly places: readonly string[];
  /** Nothing that is known here would fit. */
  readonly unfit: boolean;
  /** It would take too long to tell. */
  readonly unknown: boolean;
}

/** Which tokens in a part of a message are put back. */
export interface UnitReveals {
  /** Those that all of these cover. */
  readonly covers: readonly RevealCover[];
  /** Nothing at or below these places: paths as JSON. */
  readonly hidden: ReadonlySet<string>;
}

/** What is known of the tokens in a message on its way up. */
export interface CarriedTokens {
  readonly lookup: TokenLookup;
  /** By the names of the parts that are judged by themselves; the message's own is "". */
  readonly units: ReadonlyMap<string, UnitReveals>;
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
  /** How it came to fit that, where another thread has seen to it. */
  readonly fit?: Fit;
  /** What an external analyzer has found in the texts that masks look at, by the name that masks give it. */
  readonly analyzed?: ReadonlyMap<string, Detector>;
  /** It could not be masked, so nobody may read it. */
  readonly unmasked?: true;
  /** Tokens of the caller's that stand in it; undefined where there are none. */
  readonly tokens?: CarriedTokens;
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
