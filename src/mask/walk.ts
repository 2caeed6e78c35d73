import {
  isList,
  isObject,
  isRawNumber,
  type Json,
  type JsonObject,
  type RawNumber,
} from '../model/json.ts';
import { parseJsonText, writeJsonText } from './json-text.ts';
import type { Place } from './place.ts';

/** JSON inside strings inside JSON … is opened this many times, then read as plain text. */
const MAX_NESTED_TEXTS = 4;
const NO_MEMBERS: Readonly<Record<string, Place>> = {};

/** Finds and replaces inside one text. */
export interface Rewriter {
  /** True where `rewrite` would change the text. */
  touches(text: string): boolean;
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
    if (place === 'wire' || value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') {
      return place === 'blob' ? this.#blob(value, nested) : this.#text(value, nested);
    }
    if (typeof value === 'number') return this.#number(value, [String(value)]);
    if (isRawNumber(value)) return this.#number(value, [value.rawJSON, plainDigits(value)]);
    if (isList(value)) return this.#list(value, place, nested);
    return isObject(value) ? this.#object(value, place, nested) : value;
  }

  #list(list: readonly Json[], place: Place, nested: number): Json {
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

  #object(object: JsonObject, place: Place, nested: number): Json {
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
    // Escapes can hide a value from a look at the text itself, so JSON with escapes is always opened.
    if (!text.includes('\\') && !this.#rewriter.touches(text)) return text;
    const inner = nested < MAX_NESTED_TEXTS ? parseJsonText(text) : undefined;
    if (inner === undefined) return this.#plain(text);
    const changed = this.value(inner, 'data', nested + 1);
    if (changed !== inner) return writeJsonText(changed, text);
    // The first of two members of one name is not in what was parsed, but it still stands in the text.
    return this.#rewriter.touches(withoutEscapes(text)) ? writeJsonText(inner, text) : text;
  }

  #plain(text: string): string {
    return this.#rewriter.touches(text) ? this.#rewriter.rewrite(text) : text;
  }

  #number(value: Json, texts: readonly string[]): Json {
    const text = texts.find((candidate) => this.#rewriter.touches(candidate));
    return text === undefined ? value : this.#rewriter.rewrite(text);
  }

  #blob(base64: string, nested: number): string {
    const bytes = Buffer.from(base64, 'base64');
    const text = bytes.toString('utf8');
    if (text.includes('\u0000') || !Buffer.from(text, 'utf8').equals(bytes)) return base64;
    const changed = this.#text(text, nested);
    return changed === text ? base64 : Buffer.from(changed, 'utf8').toString('base64');
  }
}

/** 4.111111111111111e15 is 4111111111111111. */
function plainDigits(value: RawNumber): string {
  return String(Number(value.rawJSON));
}

function withoutEscapes(text: string): string {
  return text.replace(/\\u([\da-f]{4})/gi, (_, code) => {
    return String.fromCharCode(Number.parseInt(code, 16));
  });
}

/** Names that became the same by rewriting are numbered, so that no member is lost. */
function apart(entries: readonly [string, Json][]): [string, Json][] {
  const taken = new Set<string>();
  return entries.map(([name, value]) => {
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name} (${i})`;
    taken.add(free);
    return [free, value];
  });
}
