import { isList, isObject, type Json, member } from '../../model/json.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import { canonical } from '../../protocol/canonical.ts';
import { isIgnored, isVolatile } from './request-key.ts';

/** How alike two values are. */
export interface Likeness {
  /** From 0, nothing in common, to 1, nothing that counts differs. */
  readonly score: number;
  /** Where they differ, such as `arguments.limit`: the first few. */
  readonly differs: readonly string[];
  /** One of these places was masked in the record, so that nobody can tell whether it differs. */
  readonly masked: boolean;
}

export interface LikenessOptions {
  /** Places of the recorded value that masks have changed. */
  readonly masked: readonly HiddenPlace[];
  /** What is masked, or each call has anew, is as good as the same. */
  readonly loose: boolean;
  /** Members that don't count where it is loose. */
  readonly ignored: ReadonlySet<string>;
}

/** Leaves that are compared; what lies beyond doesn't count. */
const MAX_LEAVES = 5_000;
/** Places that are named. */
const MAX_NAMED = 5;
/** Characters of a text that are compared piece by piece. */
const MAX_TEXT = 2_000;

/** Compares what is asked with what was recorded, leaf by leaf. */
export function likeness(asked: Json, recorded: Json, options: LikenessOptions): Likeness {
  const comparison = new Comparison(options);
  comparison.compare(asked, recorded, []);
  return comparison.outcome();
}

class Comparison {
  readonly #options: LikenessOptions;
  readonly #differs: string[] = [];
  #leaves = 0;
  #alike = 0;
  #masked = false;

  constructor(options: LikenessOptions) {
    this.#options = options;
  }

  outcome(): Likeness {
    const score = this.#leaves === 0 ? 1 : this.#alike / this.#leaves;
    return { score, differs: this.#differs, masked: this.#masked };
  }

  compare(asked: Json | undefined, recorded: Json | undefined, place: HiddenPlace): void {
    if (this.#leaves >= MAX_LEAVES) return;
    if (isObject(asked) && isObject(recorded)) {
      const names = new Set([...Object.keys(recorded), ...Object.keys(asked)]);
      for (const name of names)
        this.#member(name, member(asked, name), member(recorded, name), place);
    } else if (isList(asked) && isList(recorded)) {
      const length = Math.max(asked.length, recorded.length);
      for (let index = 0; index < length && this.#leaves < MAX_LEAVES; index++) {
        this.compare(asked[index], recorded[index], [...place, index]);
      }
    } else this.#leaf(asked, recorded, place);
  }

  #member(name: string, asked: Json | undefined, recorded: Json | undefined, place: HiddenPlace) {
    const { loose, ignored } = this.#options;
    if (loose && isIgnored(name, ignored)) return;
    this.compare(asked, recorded, [...place, name]);
  }

  #leaf(asked: Json | undefined, recorded: Json | undefined, place: HiddenPlace): void {
    this.#leaves++;
    if (asked !== undefined && recorded !== undefined && same(asked, recorded)) {
      this.#alike++;
      return;
    }
    const { loose } = this.#options;
    const isMasked = this.#isMasked(place) && recorded !== undefined;
    const anew = asked !== undefined && recorded !== undefined;
    if (loose && (isMasked || (anew && isVolatile(asked) && isVolatile(recorded)))) {
      this.#alike++;
      return;
    }
    if (isMasked) this.#masked = true;
    this.#alike += partly(asked, recorded);
    if (this.#differs.length < MAX_NAMED) this.#differs.push(placeText(place));
  }

  #isMasked(place: HiddenPlace): boolean {
    return this.#options.masked.some(
      (hidden) =>
        hidden.length <= place.length &&
        hidden.every((step, index) => String(step) === String(place[index])),
    );
  }
}

function same(a: Json, b: Json): boolean {
  return a === b || (typeof a === 'object' && canonical(a) === canonical(b));
}

/** Two texts have something in common, two other leaves that differ a little less than two of the same kind. */
function partly(asked: Json | undefined, recorded: Json | undefined): number {
  if (typeof asked === 'string' && typeof recorded === 'string') {
    return 0.9 * textLikeness(asked.slice(0, MAX_TEXT), recorded.slice(0, MAX_TEXT));
  }
  return typeof asked === typeof recorded && asked !== undefined ? 0.1 : 0;
}

/** The part of pairs of characters that two texts share (Sørensen and Dice), in linear time. */
function textLikeness(a: string, b: string): number {
  const pairs = new Map<string, number>();
  for (let at = 0; at + 1 < a.length; at++) {
    const pair = a.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let shared = 0;
  for (let at = 0; at + 1 < b.length; at++) {
    const left = pairs.get(b.slice(at, at + 2)) ?? 0;
    if (left === 0) continue;
    shared++;
    pairs.set(b.slice(at, at + 2), left - 1);
  }
  const all = Math.max(0, a.length - 1) + Math.max(0, b.length - 1);
  return all === 0 ? 0 : (2 * shared) / all;
}

function placeText(place: HiddenPlace): string {
  if (place.length === 0) return 'params';
  const steps = place.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`;
    return index === 0 ? step : `.${step}`;
  });
  const text = steps.join('');
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
