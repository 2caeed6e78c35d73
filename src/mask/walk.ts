import {
  isList,
  isObject,
  isRawNumber,
  type Json,
  type JsonObject,
  type RawNumber,
} from '../model/json.ts';
import { beginsAsJson, parseJsonText, withoutEscapes, writeJsonText } from './json-text.ts';
import type { Place, PlaceTree } from './place.ts';

/** JSON inside strings inside JSON … is opened this many times, then read as plain text. */
const MAX_NESTED_TEXTS = 4;
/** Base64 shorter than this may as well be a number or a word. */
const MIN_BLOB = 64;
const BASE64 = /^[A-Za-z0-9+/_\-\r\n]*={0,2}$/;
/** A word of the protocol, or a MIME type: nothing that anybody would mask. */
const WORD = /^[A-Za-z]+(?:[_/][A-Za-z.+-]+)?$/;
const NO_MEMBERS: Readonly<Record<string, Place>> = {};

/** Finds and replaces inside one text. */
export interface Rewriter {
  /** True where `rewrite` would find something. */
  touches(text: string): boolean;
  /** The text itself where nothing is found. */
  rewrite(text: string): string;
}

/** A copy of a value with all its data rewritten, or the value itself where nothing changed. */
export function rewriteData(value: Json, place: Place, rewriter: Rewriter): Json {
  return new Walk(rewriter).value(value, place, 0);
}

class Walk {
  readonly #rewriter: Rewriter;

  constructor(rewriter: Rewriter) {
    this.#rewriter = rewriter;
  }

  value(value: Json, place: Place, nested: number): Json {
    if (value === null || typeof value === 'boolean') return value;
    if (isList(value)) return this.#list(value, below(place), nested);
    if (isObject(value)) return this.#object(value, below(place), nested);
    if (place === 'wire') return value;
    if (typeof value === 'number') return this.#number(value, [String(value)]);
    if (isRawNumber(value)) return this.#number(value, [value.rawJSON, plainDigits(value)]);
    if (place === 'blob') return this.#blob(value, nested);
    return place === 'word' && WORD.test(value) ? value : this.#text(value, nested);
  }

  #list(list: readonly Json[], place: 'data' | PlaceTree, nested: number): Json {
    const each = typeof place === 'object' ? (place.each ?? place.rest ?? 'data') : place;
    let copy: Json[] | undefined;
    for (const [index, item] of list.entries()) {
      const changed = this.value(item, each, nested);
      if (changed === item) continue;
      copy ??= [...list];
      copy[index] = changed;
    }
    return copy ?? list;
  }

  #object(object: JsonObject, place: 'data' | PlaceTree, nested: number): Json {
    const known = typeof place === 'object' ? (place.members ?? NO_MEMBERS) : NO_MEMBERS;
    const rest = typeof place === 'object' ? (place.rest ?? 'data') : place;
    let changes = false;
    const entries = Object.keys(object).map((key): [string, Json] => {
      const below = Object.hasOwn(known, key) ? known[key] : undefined;
      const before = object[key] as Json;
      const after = this.value(before, below ?? rest, nested);
      const name = below === undefined && rest === 'data' ? this.#plain(key) : key;
      changes ||= after !== before || name !== key;
      return [name, after];
    });
    // Object.fromEntries defines members, so a key named __proto__ stays an ordinary key.
    return changes ? Object.fromEntries(apart(entries)) : object;
  }

  #text(text: string, nested: number): string {
    if (nested === MAX_NESTED_TEXTS || !beginsAsJson(text)) return this.#plain(text);
    // Escapes can hide a value from a look at the text itself, so JSON with escapes is always opened.
    if (!text.includes('\\') && !this.#rewriter.touches(text)) return text;
    const inner = parseJsonText(text);
    if (inner === undefined) return this.#plain(text);
    const changed = this.value(inner, 'data', nested + 1);
    if (changed !== inner) return writeJsonText(changed, text);
    // The first of two members of one name is not in what was parsed, but it still stands in the text.
    return this.#rewriter.touches(withoutEscapes(text)) ? writeJsonText(inner, text) : text;
  }

  #plain(text: string): string {
    // Escapes are read first: what comes before one would stay, were the rest found alone.
    const unescaped = text.includes('\\') ? withoutEscapes(text) : text;
    const changed = this.#rewriter.rewrite(unescaped);
    if (changed !== unescaped) return changed;
    return unescaped === text ? text : this.#rewriter.rewrite(text);
  }

  #number(value: Json, texts: readonly string[]): Json {
    const text = texts.find((candidate) => this.#rewriter.touches(candidate));
    return text === undefined ? value : this.#rewriter.rewrite(text);
  }

  #blob(base64: string, nested: number): string {
    const surely = base64.length >= MIN_BLOB && BASE64.test(base64.trimEnd());
    const asText = surely ? base64 : this.#text(base64, nested);
    if (asText !== base64) return asText;
    const bytes = Buffer.from(base64, 'base64');
    const text = bytes.toString('utf8');
    if (text.includes('\u0000') || !Buffer.from(text, 'utf8').equals(bytes)) return base64;
    const changed = this.#text(text, nested);
    return changed === text ? base64 : Buffer.from(changed, 'utf8').toString('base64');
  }
}

/** Only a single value is a word, a base64 text, or what the protocol gives back as it came. */
function below(place: Place): 'data' | PlaceTree {
  return typeof place === 'object' ? place : 'data';
}

/** 4.111111111111111e15 is 4111111111111111. */
function plainDigits(value: RawNumber): string {
  return String(Number(value.rawJSON));
}

/** Names that became the same by rewriting are numbered, so that no member is lost. */
function apart(entries: readonly [string, Json][]): [string, Json][] {
  const taken = new Map<string, number>();
  return entries.map(([name, value]) => {
    let free = name;
    let number = taken.get(name) ?? 1;
    while (taken.has(free)) free = `${name} (${++number})`;
    // Counting goes on where it ended, or a thousand equal names would take a million steps.
    taken.set(name, number);
    taken.set(free, taken.get(free) ?? 1);
    return [free, value];
  });
}
