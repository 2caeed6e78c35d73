import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** A keyword that every schema inside of a schema gets: it counts how often that is looked at. */
export const WORK = 'sallyport:work';

/** Members of a schema that hold schemas by names of their own. */
const NAMED = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies', 'dependentRequired']; // biome-ignore format: one line says it
/** Members that hold data; no schema is looked for in them, unless a reference names one. */
const DATA = ['const', 'enum', 'required'];
/** Characters of data in a schema that weigh as much as one schema. */
const DATA_WEIGHT = 16;

/** Thrown where it would be too much work. */
class TooMuch extends Error {}

/** What may be spent, together, on all looks at values; about a microsecond is one of it. */
export interface Budget {
  left: number;
}

/** Counts what it takes to look at a value. */
export class Work {
  #budget: Budget = { left: 0 };

  /** Undefined where it is too much. */
  bound<Result>(budget: Budget, run: () => Result): Result | undefined {
    this.#budget = budget;
    try {
      return budget.left > 0 ? run() : undefined;
    } catch (error) {
      // A schema that refers to itself may run out of stack, too.
      if (error instanceof TooMuch || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** Always true, or it throws through what runs. */
  spend(amount: number): true {
    this.#budget.left -= amount;
    if (this.#budget.left < 0) throw new TooMuch();
    return true;
  }
}

/**
 * A copy of a schema that counts each look at any of its parts, weighed by how much that part asks.
 *
 * @throws Error where it has more parts than may be, or one could be referred to that does not count
 */
export function countedSchema(schema: JsonObject, most: number): JsonObject {
  let parts = 0;
  const copied = (part: JsonObject): JsonObject => {
    if (++parts > most) throw new Error('it has too many parts');
    return countedPart(part, copied);
  };
  return copied(schema);
}

function countedPart(schema: JsonObject, copied: (part: JsonObject) => JsonObject): JsonObject {
  const inner = (value: Json): Json => {
    if (isList(value)) return value.map(inner);
    return isObject(value) ? copied(value) : value;
  };
  const { [WORK]: _, ...members } = schema;
  let weight = 1;
  const copy = Object.entries(members).map(([name, value]): [string, Json] => {
    if (DATA.includes(name)) {
      weight += JSON.stringify(value).length / DATA_WEIGHT;
      return [name, value];
    }
    if (name === '$ref' || name === '$dynamicRef') checkReference(value);
    if (NAMED.includes(name) && isObject(value)) {
      weight += Object.keys(value).length;
      if (name === 'dependentRequired') weight += JSON.stringify(value).length / DATA_WEIGHT;
      const named = Object.entries(value).map(([key, one]): [string, Json] => [key, inner(one)]);
      return [name, Object.fromEntries(named)];
    }
    return [name, inner(value)];
  });
  return Object.fromEntries([[WORK, weight], ...copy]);
}

/** Data may look like a schema, and a reference makes it one. */
function checkReference(reference: Json): void {
  const [, ...steps] = String(reference).split('#')[1]?.split('/') ?? [];
  let isName = false;
  for (const step of steps.map((one) => decodeURIComponent(one))) {
    if (!isName && DATA.includes(step)) throw new Error('it refers to data as a schema');
    isName = !isName && NAMED.includes(step);
  }
}

/** About how many things an object, a list or a text has that are looked at one by one. */
export function breadthOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length / 64;
  if (Array.isArray(value)) return 1 + value.length / 8;
  // Only members that the schema names are looked up, except where it has something to say of all of them.
  return typeof value === 'object' && value !== null ? 1 + Object.keys(value).length / 8 : 1;
}
