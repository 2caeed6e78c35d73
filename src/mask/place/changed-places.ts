import type { PathSegment } from '../../model/decision.ts';
import { isList, isObject, type Json } from '../../model/json.ts';
import { formatPath } from './path.ts';

/** Where masks have changed something; never what stood there. */
export interface ChangedPlaces {
  /** Paths, as they would be written. Of members whose names were changed it is the object that has them. */
  readonly places: readonly string[];
  /** How many further places are not named. */
  readonly more: number;
}

const MAX_PLACES = 100;
const MAX_CHARACTERS = 8_192;

/** Compares a value with its masked copy. What was not changed is the same object in both, so it costs nothing. */
export function changedPlaces(before: Json, after: Json): ChangedPlaces {
  const comparison = new Comparison();
  comparison.compare(before, after);
  const { places, count } = comparison;
  return { places, more: count - places.length };
}

class Comparison {
  readonly places: string[] = [];
  count = 0;
  readonly #path: PathSegment[] = [];
  #characters = 0;

  compare(before: Json, after: Json): void {
    if (before === after) return;
    if (isList(before) && isList(after) && before.length === after.length) {
      for (const [index, item] of before.entries()) this.#below(index, item, after[index] as Json);
      return;
    }
    if (!isObject(before) || !isObject(after) || !haveSameNames(before, after)) {
      this.#name();
      return;
    }
    for (const name of Object.keys(before)) {
      this.#below(name, before[name] as Json, after[name] as Json);
    }
  }

  #below(step: string | number, before: Json, after: Json): void {
    this.#path.push(step);
    this.compare(before, after);
    this.#path.pop();
  }

  #name(): void {
    const isFull = this.count++ > this.places.length;
    if (isFull || this.places.length === MAX_PLACES) return;
    const text = formatPath(this.#path);
    this.#characters += text.length;
    if (this.#characters <= MAX_CHARACTERS) this.places.push(text);
  }
}

function haveSameNames(before: object, after: object): boolean {
  const names = Object.keys(before);
  return (
    names.length === Object.keys(after).length && names.every((name) => Object.hasOwn(after, name))
  );
}
