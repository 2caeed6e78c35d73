import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { unnamed } from '../field/field-dues.ts';
import type { MaskPlan } from '../mask-plan.ts';
import { REMOVED } from '../masker.ts';
import { childPlace, elementPlace, isOfProtocol, type Place } from '../place/place.ts';
import { textOf } from '../text/base64-text.ts';
import {
  beginsAsJson,
  hidesMembers,
  openJson,
  parseJsonText,
  writeJsonText,
} from '../text/json-text.ts';
import { type Due, NONE_DUE } from '../use.ts';
import type { Applier } from './applier.ts';
import { type Echo, scalarText } from './echo.ts';
import { rewritten } from './members.ts';
import { endingAt, endingDeep, isNamed, NO_POINTS, type PathPoint, stepInto } from './path-walk.ts';
import type { Tally } from './tally.ts';
import type { TextFinder } from './text-finder.ts';
import { isBase64, MAX_NESTED, TextMasker } from './text-masker.ts';

/** What the walk works with. */
export interface WalkWith {
  readonly plan: MaskPlan;
  readonly applier: Applier;
  readonly finder: TextFinder;
  readonly tally: Tally;
  readonly echo: Echo;
}

/** Where the walk is. */
interface Spot {
  readonly place: Place;
  /** Paths that may end further down. */
  readonly points: readonly PathPoint[];
  /** The name of the member that holds the value, or of the list that it is in; undefined for names of the protocol. */
  readonly field: string | undefined;
  /** What is due to the whole value by its name, or by a path that ended at the part of the protocol around it. */
  readonly due: readonly Due[];
  /** Texts that were opened around it. */
  readonly nested: number;
}

/** One walk over a value, which masks all that is due in it. */
export class Walk {
  readonly #plan: MaskPlan;
  readonly #applier: Applier;
  readonly #tally: Tally;
  readonly #echo: Echo;
  readonly #finder: TextFinder;
  readonly #texts: TextMasker;
  /** True inside of structured content, which servers repeat elsewhere. */
  #isRepeated = false;

  constructor({ plan, applier, tally, echo, finder }: WalkWith) {
    this.#plan = plan;
    this.#applier = applier;
    this.#tally = tally;
    this.#echo = echo;
    this.#finder = finder;
    const inner = (text: string, nested: number) => {
      return asText(this.#text(text, textSpot(nested)));
    };
    this.#texts = new TextMasker(finder, applier, inner);
  }

  /** A masked copy of a value, or the value itself where nothing is due. */
  root(value: Json, place: Place): Json | typeof REMOVED {
    const { points } = this.#plan;
    return this.#value(value, { place, points, field: undefined, due: NONE_DUE, nested: 0 });
  }

  #value(value: Json, spot: Spot): Json | typeof REMOVED {
    // What isn't there can't be masked, and says nothing.
    if (value === null) return value;
    if (spot.points.length > 0 || spot.due.length > 0) {
      const whole = this.#wholeDue(value, spot);
      if (whole.length > 0) return this.#whole(value, spot, whole);
    }
    if (typeof value === 'string') return this.#string(value, spot);
    if (typeof value === 'boolean') return value;
    if (isList(value)) return this.#list(value, spot);
    if (isObject(value)) return this.#object(value, spot);
    if (spot.place === 'wire') return value;
    const masked = this.#texts.number(value, spot.field);
    return masked === value || spot.place !== 'text' ? masked : asText(masked);
  }

  /** What is due to a value as a whole. What the protocol needs as it is only a path can mask that names it. */
  #wholeDue(value: Json, { place, points, due }: Spot): readonly Due[] {
    const isBranch = isList(value) || isObject(value);
    const deep = isBranch ? NO_POINTS : endingDeep(points);
    const ending = [...endingAt(points), ...(deep.length > 0 && !opens(value) ? deep : [])];
    const kept = !isBranch && isOfProtocol(value, place);
    const paths = (kept ? ending.filter(isNamed) : ending).map((point) => point.due);
    return this.#applier.counting(kept ? paths : [...due, ...paths]);
  }

  #whole(value: Json, spot: Spot, due: readonly Due[]): Json | typeof REMOVED {
    const { masker } = this.#applier;
    const { place } = spot;
    const { spec } = masker.resolve(due);
    const isBranch = isList(value) || isObject(value);
    if (isBranch && typeof place === 'object') {
      if (spec.masker === 'remove' && this.#tally.isElement) return this.#applier.value(value, due);
      return this.#below(value, { ...spot, due });
    }
    if (this.#isRepeated && !this.#applier.isTrial) this.#remember(value, due);
    if (isBranch) {
      // A token can be put back, so what is masked in a stricter way isn't part of what it stands for.
      const inner = { ...spot, due: NONE_DUE };
      const inside = () => this.#below(value, inner);
      const held = spec.masker === 'token' ? this.#applier.inside(due, inside) : value;
      return this.#applier.value(held, due);
    }
    const found = masker.canBeOutdone(spec) ? this.#dueInside(value, spot) : NONE_DUE;
    const all = found.length > 0 ? [...due, ...found] : due;
    if (place !== 'blob' && masker.resolve(all).spec.masker === 'keep') {
      const kept = this.#texts.kept(scalarText(value), spot.field, spot.nested, due);
      if (kept !== undefined) return kept;
    }
    if (place === 'blob' && typeof value === 'string') return this.#wholeBlob(value, all);
    return place === 'text' || place === 'picture'
      ? this.#applier.valueAsText(value, all)
      : this.#applier.value(value, all);
  }

  /** Servers repeat a value, and what is in it, in other words. */
  #remember(value: Json, due: readonly Due[]): void {
    this.#echo.add(value, due);
    const inner = typeof value === 'string' ? parseJsonText(value) : undefined;
    if (inner !== undefined) this.#echo.add(inner, due);
  }

  /** What detectors find in a value that is masked as a whole anyway. */
  #dueInside(value: Json, spot: Spot): readonly Due[] {
    return this.#applier.trial(() => {
      this.#value(value, { ...spot, points: NO_POINTS, due: NONE_DUE });
    });
  }

  /** What takes the place of base64 is base64, too. */
  #wholeBlob(base64: string, due: readonly Due[]): string {
    const text = textOf(base64);
    if (text === undefined && !isBase64(base64)) return this.#applier.valueAsText(base64, due);
    const masked = this.#applier.valueAsText(text ?? base64, due);
    return Buffer.from(masked, 'utf8').toString('base64');
  }

  #below(value: readonly Json[] | JsonObject, spot: Spot): Json {
    return isList(value) ? this.#list(value, spot) : this.#object(value, spot);
  }

  #list(list: readonly Json[], spot: Spot): Json {
    const place = elementPlace(spot.place);
    const plain = place === spot.place ? spot : { ...spot, place };
    const hasPoints = spot.points.length > 0;
    let copy: (Json | typeof REMOVED)[] | undefined;
    // Without an iterator: lists of numbers may have a million elements.
    for (let index = 0; index < list.length; index++) {
      const item = list[index] as Json;
      this.#tally.enter(index);
      const inner = hasPoints ? { ...plain, points: stepInto(spot.points, index) } : plain;
      const changed = this.#value(item, inner);
      this.#tally.leave();
      if (changed === item) continue;
      copy ??= [...list];
      copy[index] = changed;
    }
    if (!copy) return list;
    return copy.includes(REMOVED) ? copy.filter(isLeft) : (copy as Json[]);
  }

  #object(object: JsonObject, spot: Spot): Json {
    let names: string[] | undefined;
    let values: (Json | typeof REMOVED)[] | undefined;
    const isRoot = this.#tally.depth === 0;
    const early = isRoot ? this.#structured(object, spot) : undefined;
    const keys = Object.keys(object);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const before = object[key] as Json;
      const { place, isOwn } = childPlace(spot.place, key);
      const name = isOwn ? key : this.#name(key, spot.nested);
      if (isRoot) this.#finder.echoes = key === 'content';
      const isEarly = early && key === 'structuredContent';
      const after = isEarly ? early.value : this.#member(before, spot, { key, name, place, isOwn });
      if (name !== key) {
        names ??= [...keys];
        names[index] = name;
      }
      if (after !== before) {
        values ??= keys.map((one) => object[one] as Json);
        values[index] = after;
      }
    }
    if (isRoot) this.#finder.echoes = false;
    return names || values ? rewritten(object, keys, names, values) : object;
  }

  #member(value: Json, spot: Spot, child: Child): Json | typeof REMOVED {
    const { key, name, place, isOwn } = child;
    const isHidden = name !== key;
    this.#tally.enter(key, isHidden);
    const due = isOwn ? spot.due : this.#fieldDue(key, isHidden, place, spot.due);
    const masked = this.#value(value, {
      place,
      points: stepInto(spot.points, key),
      field: isOwn ? undefined : key,
      due,
      nested: spot.nested,
    });
    this.#tally.leave();
    return masked;
  }

  #fieldDue(key: string, isHidden: boolean, place: Place, around: readonly Due[]): readonly Due[] {
    const { fields } = this.#plan;
    if (!fields || typeof place === 'object') return around;
    const due = fields.of(key);
    if (due.length === 0) return around;
    return [...around, ...(isHidden ? unnamed(due) : due)];
  }

  /** Structured content comes first: what is masked there is looked for in the rest. */
  #structured(
    object: JsonObject,
    spot: Spot,
  ): { readonly value: Json | typeof REMOVED } | undefined {
    const key = 'structuredContent';
    if (this.#plan.points.length === 0 && !this.#plan.fields) return undefined;
    if (!Object.hasOwn(object, key)) return undefined;
    this.#isRepeated = true;
    const child = { key, name: key, ...childPlace(spot.place, key) };
    const value = this.#member(object[key] as Json, spot, child);
    this.#isRepeated = false;
    return { value };
  }

  #name(name: string, nested: number): string {
    const { cleanNames } = this.#plan;
    const repeats = this.#finder.echoes && !this.#echo.isEmpty;
    if (!repeats && cleanNames.has(name, nested)) return name;
    const masked = this.#texts.text(name, undefined, nested);
    if (masked === name && !this.#applier.isInside) cleanNames.add(name, nested);
    return masked;
  }

  #string(text: string, spot: Spot): Json | typeof REMOVED {
    if (isOfProtocol(text, spot.place)) return text;
    if (spot.place === 'blob') return this.#texts.blob(text, spot.nested);
    return this.#text(text, spot);
  }

  /** A text, or the JSON that it holds. */
  #text(text: string, spot: Spot): Json | typeof REMOVED {
    const opened = spot.nested < MAX_NESTED ? openJson(text) : undefined;
    if (opened === undefined) {
      const { place, field, nested } = spot;
      const isText = place !== 'data';
      return isText
        ? this.#texts.text(text, field, nested)
        : this.#texts.value(text, field, nested);
    }
    const within = { ...spot, place: 'data' as const, nested: spot.nested + 1 };
    const inner = opened.value;
    const changed = this.#value(inner, within);
    if (changed !== inner && changed !== REMOVED) return writeJsonText(changed, text);
    // The first of two members of one name is not in what was parsed, but it still stands in the text.
    if (!hidesMembers(opened)) return text;
    const asked = spot.points.length > 0 || this.#plan.fields !== undefined;
    return asked || this.#texts.touches(text, MAX_NESTED) ? writeJsonText(inner, text) : text;
  }
}

function isLeft(item: Json | typeof REMOVED): item is Json {
  return item !== REMOVED;
}

interface Child {
  readonly key: string;
  /** The key, masked. */
  readonly name: string;
  readonly place: Place;
  readonly isOwn: boolean;
}

function textSpot(nested: number): Spot {
  return { place: 'text', points: NO_POINTS, field: undefined, due: NONE_DUE, nested };
}

/** What takes the place of something that must be a text. */
function asText(masked: Json | typeof REMOVED): string {
  if (masked === REMOVED) return '';
  return typeof masked === 'string' ? masked : scalarText(masked) || '[redacted]';
}

/** True of a text that holds JSON with something below it. */
function opens(value: Json): boolean {
  return typeof value === 'string' && beginsAsJson(value) && parseJsonText(value) !== undefined;
}
