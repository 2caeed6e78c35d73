import { isList, isRawNumber, type Json, type JsonObject, member } from '../../model/json.ts';
import type { CelBudget } from './cel-budget.ts';

/** The least and the greatest whole number of CEL. */
const INT_BOUND = 2n ** 63n;

/**
 * A JSON object as CEL sees it: a map of own members, made of values that are turned into CEL's on the way out. Nothing
 * is inherited, no name is special, and the object itself is never handed on.
 */
export class CelMap extends Map<string, unknown> {
  readonly #object: JsonObject;
  readonly #budget: CelBudget;

  /** @param budget what looking may still cost. */
  constructor(object: JsonObject, budget: CelBudget) {
    super();
    this.#object = object;
    this.#budget = budget;
  }

  override get size(): number {
    return Object.keys(this.#object).length;
  }

  override has(key: string): boolean {
    return member(this.#object, key) !== undefined;
  }

  override get(key: string): unknown {
    // CEL may ask for a number or a list as well: no member is called so.
    const value = typeof key === 'string' ? member(this.#object, key) : undefined;
    return value === undefined ? undefined : celValue(value, this.#budget);
  }

  override keys(): MapIterator<string> {
    const names = Object.keys(this.#object);
    this.#budget.elements(names.length);
    return names.values() as MapIterator<string>;
  }

  override entries(): MapIterator<[string, unknown]> {
    const names = Object.keys(this.#object);
    this.#budget.elements(names.length);
    return names.map((name): [string, unknown] => [name, this.get(name)]).values() as MapIterator<
      [string, unknown]
    >;
  }

  override [Symbol.iterator](): MapIterator<[string, unknown]> {
    return this.entries();
  }
}
// The library tells a map by its constructor.
Object.defineProperty(CelMap.prototype, 'constructor', { value: Map });

/**
 * A JSON value as CEL sees it: numbers are doubles, except whole numbers of 64 bits that a double can't hold.
 *
 * @throws RangeError where digits would be lost, or the budget is spent.
 */
export function celValue(value: Json, budget: CelBudget): unknown {
  if (typeof value === 'string') {
    budget.text(value);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (isRawNumber(value)) return wholeNumber(value.rawJSON);
  if (!isList(value)) return new CelMap(value, budget);
  budget.elements(value.length);
  return value.map((element) => celValue(element, budget));
}

function wholeNumber(text: string): bigint {
  const whole = /^-?\d{1,19}$/.test(text) ? BigInt(text) : INT_BOUND;
  if (whole >= INT_BOUND || whole < -INT_BOUND) throw new RangeError('the number loses digits');
  return whole;
}
