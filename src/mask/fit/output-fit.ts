import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { formatPath } from '../place/path.ts';
import type { Complaint, OutputSchema } from './output-schema.ts';
import type { Budget } from './schema-work.ts';
import { type StandIn, standInsFor } from './stand-ins.ts';

/** Masked structured content that fits its schema again. */
export interface Fitted {
  readonly value: Json;
  /** Where something else had to take a masked value's place: paths in the value. */
  readonly places: readonly string[];
}

/** Times that a value is tried: stand-ins of one place, then of what is around it. */
const MAX_ROUNDS = 48;
const NO_PLACES: readonly string[] = [];

/**
 * Makes a masked value fit the schema that it fitted before. Only constants take the place of what the schema refuses,
 * so nothing shows that was masked.
 *
 * @param masked what masks have left of a value that fits
 * @returns undefined where nothing that is known here would fit, or it would take too long to find out
 */
export function fitOutput(schema: OutputSchema, masked: Json, budget: Budget): Fitted | undefined {
  const attempts = new Attempts();
  let value: Json | undefined = masked;
  for (let round = 0; round < MAX_ROUNDS && value !== undefined; round++) {
    const complaints = schema.complaints(value, budget);
    if (!complaints) return undefined;
    if (complaints.length === 0) return { value, places: attempts.places() };
    if (!attempts.learn(complaints)) return undefined;
    value = attempts.applied(masked);
  }
  return undefined;
}

/** What is tried at one place of the value, and below it. */
class Attempt {
  readonly below = new Map<string, Attempt>();
  candidates: StandIn[] | undefined;
  /** The candidate in use; -1 while the value stays. */
  index = -1;
  /** Elements of a list that are equal to an earlier one go. */
  unique = false;

  get choice(): StandIn | undefined {
    return this.candidates?.[this.index];
  }
}

class Attempts {
  readonly #root = new Attempt();

  /** Takes the next candidate wherever a complaint is; false where there is none left. */
  learn(complaints: readonly Complaint[]): boolean {
    const placed = complaints.map(placeOf);
    const ancestors = ancestorsOf(placed);
    // Of `anyOf` and the like the whole complains as well as its parts, which may be what can be mended.
    const parts = placed.filter(({ path }) => !ancestors.has(keyOf(path)));
    // Elements that go would move those that are still complained of.
    const others = parts.filter(({ unique }) => !unique);
    const deepest = others.length > 0 ? others : parts;
    const seen = new Set<string>();
    for (const { path, candidates, unique } of deepest) {
      const attempt = this.#at(path);
      if (unique && !attempt.unique) {
        attempt.unique = true;
        continue;
      }
      attempt.candidates ??= [];
      for (const one of candidates) {
        if (!attempt.candidates.some((known) => isSame(known, one))) attempt.candidates.push(one);
      }
      const key = keyOf(path);
      if (seen.has(key)) continue;
      seen.add(key);
      if (!this.#advance(path)) return false;
    }
    return true;
  }

  /** The next candidate at a place, or around it where none is left. */
  #advance(path: readonly string[]): boolean {
    for (let depth = path.length; depth > 0; depth--) {
      const attempt = this.#at(path.slice(0, depth));
      attempt.candidates ??= [{ value: null }, 'drop'];
      if (++attempt.index < attempt.candidates.length) return true;
    }
    return false;
  }

  #at(path: readonly string[]): Attempt {
    let attempt = this.#root;
    for (const step of path) {
      const next = attempt.below.get(step) ?? new Attempt();
      attempt.below.set(step, next);
      attempt = next;
    }
    return attempt;
  }

  /** The value with everything in place that is being tried; undefined where nothing of it is left. */
  applied(value: Json): Json | undefined {
    return applied(value, this.#root);
  }

  /** Where something is tried, as paths. */
  places(): readonly string[] {
    const paths: (string | number)[][] = [];
    collect(this.#root, [], paths);
    return paths.length === 0 ? NO_PLACES : paths.map((path) => formatPath(path));
  }
}

function collect(attempt: Attempt, path: (string | number)[], into: (string | number)[][]): void {
  if (attempt.choice !== undefined || attempt.unique) into.push(path);
  if (attempt.choice !== undefined) return;
  for (const [step, next] of attempt.below) {
    collect(next, [...path, /^\d{1,9}$/.test(step) ? Number(step) : step], into);
  }
}

function applied(value: Json | undefined, attempt: Attempt): Json | undefined {
  const { choice, below, unique } = attempt;
  if (choice !== undefined) return choice === 'drop' ? undefined : choice.value;
  if (below.size === 0 && !unique) return value;
  if (isList(value)) {
    // No element goes: the places of those behind it would change.
    const items = value.map((item, index) => {
      const next = below.get(String(index));
      const changed = next ? applied(item, next) : item;
      return changed === undefined ? null : changed;
    });
    return unique ? withoutDoubles(items) : items;
  }
  return isObject(value) ? appliedMembers(value, below) : value;
}

/** Members that are gone may come back: the schema demands them. */
function appliedMembers(value: JsonObject, below: ReadonlyMap<string, Attempt>): JsonObject {
  const members = new Map<string, Json>(Object.entries(value));
  for (const [name, attempt] of below) {
    const changed = applied(members.get(name), attempt);
    if (changed === undefined) members.delete(name);
    else members.set(name, changed);
  }
  return Object.fromEntries(members);
}

function withoutDoubles(items: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const text = JSON.stringify(item);
    return !seen.has(text) && seen.add(text);
  });
}

interface Placed {
  readonly path: readonly string[];
  readonly candidates: readonly StandIn[];
  readonly unique?: true;
}

/** Where a complaint can be mended, and how. */
function placeOf({ path, keyword, params, schema, value }: Complaint): Placed {
  switch (keyword) {
    case 'required': {
      const name = String(params.missingProperty);
      const { [name]: known } = isObject(schema.properties) ? schema.properties : {};
      return { path: [...path, name], candidates: standInsFor(isObject(known) ? known : {}) };
    }
    case 'additionalProperties':
      return { path: [...path, String(params.additionalProperty)], candidates: ['drop'] };
    case 'unevaluatedProperties':
      return { path: [...path, String(params.unevaluatedProperty)], candidates: ['drop'] };
    case 'propertyNames':
      return { path: [...path, String(params.propertyName)], candidates: ['drop'] };
    case 'uniqueItems':
      return { path, candidates: [{ value: null }, 'drop', { value: [] }], unique: true };
    default:
      return { path, candidates: standInsFor(schema, value) };
  }
}

function ancestorsOf(placed: readonly Placed[]): ReadonlySet<string> {
  const ancestors = new Set<string>();
  for (const { path } of placed) {
    for (let depth = 0; depth < path.length; depth++) ancestors.add(keyOf(path.slice(0, depth)));
  }
  return ancestors;
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

function isSame(one: StandIn, other: StandIn): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
