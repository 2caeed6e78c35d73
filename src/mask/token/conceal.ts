import { isList, isRawNumber, type Json, type JsonObject } from '../../model/json.ts';
import type { Span } from '../detector.ts';
import type { Place, PlaceTree } from '../place/place.ts';
import { beginsAsJson, hidesMembers, openJson, writeJsonText } from '../text/json-text.ts';
import { Needles } from './needles.ts';
import { SpacedNeedles, withoutGroups } from './spaced-needles.ts';
import { findTokens } from './token-text.ts';
import { formsOf, groupedForms } from './value-forms.ts';

/** A value that was given to an upstream, and the token that stands for it. */
export interface Given {
  readonly token: string;
  readonly value: Json;
}

/** From so many characters on a text is found anywhere and in any form; shorter ones only as whole words. */
const MIN_ANYWHERE = 4;
/** Characters of all values together that are looked for in all forms; of what comes before them in fewer. */
const MAX_IN_ALL_FORMS = 8_192;
const MAX_NESTED_TEXTS = 4;
const WORD_CHARACTER = /[\p{L}\p{N}_]/u;
/** Words of the protocol: types of content, states of results and tasks. Any other word may be what was given. */
const PROTOCOL_WORDS = new Set([
  ...['text', 'image', 'audio', 'resource', 'resource_link', 'tool_use', 'tool_result'],
  ...['complete', 'input_required', 'task', 'working', 'completed', 'failed', 'cancelled'],
]);

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly token: string;
}

/** Puts tokens back where an upstream repeats what it was given for them. */
export class Concealer {
  /** How much memory it takes: characters that are looked for. */
  readonly size: number;
  /** What it puts in the place of values. */
  readonly tokens: ReadonlySet<string>;
  readonly #long: Needles;
  readonly #longTokens: string[] = [];
  readonly #short: Needles;
  readonly #shortTokens: string[] = [];
  /** Numbers that may be grouped in any way. */
  readonly #spaced: SpacedNeedles;
  readonly #spacedTokens: string[] = [];
  readonly #numbers = new Map<number, string>();

  constructor(given: readonly Given[]) {
    this.tokens = new Set(given.map(({ token }) => token));
    const long: string[] = [];
    const short: string[] = [];
    const spaced: string[] = [];
    let left = MAX_IN_ALL_FORMS;
    const add = (text: string, token: string) => {
      if (text.length >= MIN_ANYWHERE) {
        left -= text.length;
        const written = [...formsOf(text, left < 0), ...groupedForms(text)];
        const forms = written.filter((form) => form.length >= MIN_ANYWHERE);
        long.push(...forms);
        this.#longTokens.push(...forms.map(() => token));
      } else if (text.trim() !== '') {
        short.push(text);
        this.#shortTokens.push(token);
      }
      const bare = withoutGroups(text);
      if (bare !== undefined) {
        spaced.push(bare);
        this.#spacedTokens.push(token);
      }
      if (/^-?\d[\d.eE+-]*$/.test(text) && Number.isFinite(Number(text))) {
        this.#numbers.set(Number(text), token);
      }
    };
    // What was given last comes last.
    for (const { token, value } of [...given].reverse()) {
      for (const text of scalarsIn(value)) add(text, token);
    }
    this.size = long.reduce((sum, { length }) => sum + length, 0);
    this.#long = new Needles(long);
    this.#short = new Needles(short);
    this.#spaced = new SpacedNeedles(spaced);
  }

  /** A copy of a message's body with tokens put back, or the same value where there are none to put. */
  conceal(value: Json, place: Place = 'data'): Json {
    return this.#value(value, place, 0);
  }

  #value(value: Json, place: Place, nested: number): Json {
    if (value === null || typeof value === 'boolean' || place === 'wire') return value;
    if (typeof value === 'string') return this.#string(value, place, nested);
    if (typeof value === 'number') {
      return place === 'word' ? value : (this.#numbers.get(value) ?? value);
    }
    if (isRawNumber(value)) return this.#number(value.rawJSON) ?? value;
    const tree = typeof place === 'object' ? place : undefined;
    return isList(value)
      ? this.#list(value, tree, nested)
      : this.#object(value as JsonObject, tree, nested);
  }

  #list(list: readonly Json[], tree: PlaceTree | undefined, nested: number): Json {
    const each = tree?.each ?? tree?.rest ?? 'data';
    const copy = list.map((item) => this.#value(item, each, nested));
    return copy.some((item, i) => item !== list[i]) ? copy : list;
  }

  #object(object: JsonObject, tree: PlaceTree | undefined, nested: number): Json {
    const known = tree?.members ?? {};
    let changes = false;
    const names = new Set<string>();
    const entries = Object.keys(object).map((name): [string, Json] => {
      const isKnown = Object.hasOwn(known, name);
      const below = isKnown ? known[name] : tree?.rest;
      const before = object[name] as Json;
      const after = this.#value(before, below ?? 'data', nested);
      let shown = isKnown ? name : this.#text(name);
      for (let n = 2; shown !== name && names.has(shown); n++) shown = `${this.#text(name)} (${n})`;
      names.add(shown);
      changes ||= after !== before || shown !== name;
      return [shown, after];
    });
    return changes ? Object.fromEntries(entries) : object;
  }

  #string(text: string, place: Place, nested: number): string {
    if (place === 'word' && PROTOCOL_WORDS.has(text)) return text;
    if (place === 'blob') return this.#blob(text, nested);
    if (nested === MAX_NESTED_TEXTS || !beginsAsJson(text)) return this.#text(text);
    if (!this.#mayHold(text)) return text;
    const inner = openJson(text);
    if (inner === undefined) return this.#text(text);
    const changed = this.#value(inner.value, 'data', nested + 1);
    // Of two members of one name only the last was read, but both stand in the text.
    return changed === inner.value && !hidesMembers(inner) ? text : writeJsonText(changed, text);
  }

  /** Only escapes, and ways of writing a number, can hide something from a look at the text itself. */
  #mayHold(text: string): boolean {
    if (text.includes('\\') || this.#numbers.size > 0 || !this.#spaced.isEmpty) return true;
    return this.#long.find(text).length > 0 || this.#short.find(text).length > 0;
  }

  #blob(base64: string, nested: number): string {
    const bytes = Buffer.from(base64, 'base64');
    const text = bytes.toString('utf8');
    const isText = !text.includes('\u0000') && Buffer.from(text, 'utf8').equals(bytes);
    if (!isText || text === '') return this.#text(base64);
    const shown = this.#string(text, 'data', nested);
    return shown === text ? this.#text(base64) : Buffer.from(shown, 'utf8').toString('base64');
  }

  #number(text: string): string | undefined {
    const [whole] = this.#long.find(text);
    const isWhole = whole && whole.start === 0 && whole.end === text.length;
    return isWhole ? this.#longTokens[whole.needle] : this.#numbers.get(Number(text));
  }

  #text(text: string): string {
    const stretches = this.#stretches(text);
    if (stretches.length === 0) return text;
    let out = '';
    let done = 0;
    for (const { start, end, token } of stretches) {
      out += text.slice(done, start) + token;
      done = end;
    }
    return out + text.slice(done);
  }

  /** What was given, where it stands in a text; not in the tokens themselves, whose labels may be what was given. */
  #stretches(text: string): readonly Stretch[] {
    const long = this.#long.find(text).map(({ start, end, needle }) => {
      return { start, end, token: this.#longTokens[needle] as string };
    });
    const spaced = this.#spaced.find(text).map(({ start, end, needle }) => {
      return { start, end, token: this.#spacedTokens[needle] as string };
    });
    const found = together(long, spaced);
    const short = this.#short.find(text).flatMap(({ start, end, needle }): Stretch[] => {
      const isWord = !continues(text, start) && !continues(text, end);
      return isWord ? [{ start, end, token: this.#shortTokens[needle] as string }] : [];
    });
    if (found.length + short.length === 0) return found;
    const apart = without(short, found, (one, other) => other.start < one.end);
    const all = [...found, ...apart].sort((a, b) => a.start - b.start);
    const tokens = findTokens(text).filter(({ start, end }) => {
      return this.tokens.has(text.slice(start, end));
    });
    return without(all, tokens, (one, { start, end }) => start <= one.start && one.end <= end);
  }
}

/** All that is in some stretch, as stretches that don't overlap. */
function together(some: readonly Stretch[], more: readonly Stretch[]): readonly Stretch[] {
  if (more.length === 0) return some;
  const all: Stretch[] = [];
  for (const one of [...some, ...more].sort((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (!last || last.end <= one.start) all.push(one);
    else all[all.length - 1] = { ...last, end: Math.max(last.end, one.end) };
  }
  return all;
}

/** Stretches that none of others is in the way of; both are in order, and overlap none of their own. */
function without(
  stretches: readonly Stretch[],
  others: readonly Span[],
  isInTheWay: (one: Stretch, other: Span) => boolean,
): Stretch[] {
  let at = 0;
  return stretches.filter((one) => {
    while (at < others.length && (others[at] as Span).end <= one.start) at++;
    const other = others[at];
    return other === undefined || !isInTheWay(one, other);
  });
}

/** True where an index is inside of a word. */
function continues(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 2), index);
  const after = String.fromCodePoint(text.codePointAt(index) ?? 0x20);
  const last = [...before].at(-1) ?? ' ';
  return WORD_CHARACTER.test(last) && WORD_CHARACTER.test(after);
}

/** The texts of all texts and numbers inside a value. */
function scalarsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (value === null || typeof value === 'boolean') return [];
  if (isRawNumber(value)) return [value.rawJSON];
  return Object.values<Json>(value as JsonObject).flatMap(scalarsIn);
}
