import type { RevealGrant } from '../../model/decision.ts';
import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';
import { beginsAsJson, parseJsonText, writeJsonText } from '../text/json-text.ts';
import type { KnownToken, RevealCover, Step, TokenLookup } from './known-token.ts';
import { coverOf } from './reveal-cover.ts';
import { findSentTokens, type SentToken } from './token-text.ts';

/** A token that was put back, and how often. */
export interface RevealedToken extends KnownToken {
  readonly token: string;
  readonly count: number;
}

/**
 * Why a token stays: nobody knows it for this caller, its time is over, the message has more than are put back at once,
 * or no grant covers it there.
 */
export type KeptReason = 'unknown' | 'expired' | 'too many' | 'not granted';

/** A token that stays as it is. */
export interface KeptToken {
  readonly token: string;
  readonly why: KeptReason;
}

export interface RevealedValue {
  /** A copy with what tokens stand for, or the same value where none was put back. */
  readonly value: Json;
  readonly revealed: readonly RevealedToken[];
  /** The first thousand. */
  readonly kept: readonly KeptToken[];
  /** The texts that were changed: paths to whole strings of the value. */
  readonly places: readonly (readonly Step[])[];
}

/** JSON inside strings inside JSON … is opened so often; tokens deeper inside stay. */
const MAX_NESTED_TEXTS = 4;
/** Tokens that stay of which it is told. */
const MAX_KEPT = 1_000;

/**
 * Puts back what tokens stand for, where grants cover them: a string that is a token becomes the value itself, a token
 * inside a text becomes the value's text, in JSON inside of a string as well, and in names of members.
 *
 * @param value arguments, as paths of grants begin there
 */
export function revealTokens(
  value: Json,
  lookup: TokenLookup,
  grants: readonly RevealGrant[] | RevealCover,
): RevealedValue {
  const covers = typeof grants === 'function' ? grants : coverOf(grants);
  const run = new Revealing(lookup, covers);
  const whole = run.value(value, [], [], 0);
  return {
    value: whole,
    revealed: [...run.revealed.values()],
    kept: [...run.kept.values()].filter(({ token }) => !run.revealed.has(token)),
    places: run.places,
  };
}

class Revealing {
  readonly revealed = new Map<string, RevealedToken>();
  readonly kept = new Map<string, KeptToken>();
  readonly places: (readonly Step[])[] = [];
  readonly #lookup: TokenLookup;
  readonly #covers: RevealCover;

  constructor(lookup: TokenLookup, covers: RevealCover) {
    this.#lookup = lookup;
    this.#covers = covers;
  }

  /**
   * @param path where grants say it is
   * @param place the outermost value that is no part of a text
   * @param nested how many texts it is inside
   */
  value(value: Json, path: readonly Step[], place: readonly Step[], nested: number): Json {
    if (typeof value === 'string') {
      const shown = this.#string(value, path, place, nested);
      if (shown !== value && nested === 0) this.places.push(place);
      return shown;
    }
    if (isList(value)) {
      const copy = value.map((item, i) =>
        this.value(item, [...path, i], nested === 0 ? [...place, i] : place, nested),
      );
      return copy.some((item, i) => item !== value[i]) ? copy : value;
    }
    if (!isObject(value)) return value;
    let changes = false;
    const entries = Object.keys(value).map((name): Member => {
      const at = [...path, name];
      const here = nested === 0 ? [...place, name] : place;
      const before = value[name] as Json;
      const shownName = this.#text(name, at);
      const after = this.value(before, at, here, nested);
      if (shownName !== name && nested === 0) this.places.push(place);
      changes ||= after !== before || shownName !== name;
      return { name, shownName, value: after };
    });
    return changes ? withNames(entries) : value;
  }

  #string(text: string, path: readonly Step[], place: readonly Step[], nested: number): Json {
    const tokens = findSentTokens(text);
    const [only] = tokens;
    if (!only) return text.includes('\\') ? this.#json(text, path, place, nested) : text;
    if (tokens.length === 1 && isWhole(only, text)) {
      const known = this.#known(only.token, path);
      return known ? known.value : text;
    }
    return beginsAsJson(text) ? this.#json(text, path, place, nested) : this.#text(text, path);
  }

  /** What is no JSON after all is a text. */
  #json(text: string, path: readonly Step[], place: readonly Step[], nested: number): string {
    const inner = beginsAsJson(text) ? parseJsonText(text) : undefined;
    if (inner === undefined) return this.#text(text, path);
    if (nested === MAX_NESTED_TEXTS) return this.#keepAll(text);
    const shown = this.value(inner, path, place, nested + 1);
    return shown === inner ? text : writeJsonText(shown, text);
  }

  #text(text: string, path: readonly Step[]): string {
    let out = '';
    let done = 0;
    for (const { start, end, token, inUrl } of findSentTokens(text)) {
      const known = start < done ? undefined : this.#known(token, path);
      if (!known) continue;
      const shown = asText(known.value);
      out += text.slice(done, start) + (inUrl ? inUrlText(shown) : shown);
      done = end;
    }
    return done === 0 ? text : out + text.slice(done);
  }

  /** What a token stands for where it may be put back. */
  #known(token: string, path: readonly Step[]): KnownToken | undefined {
    const known = this.#lookup(token);
    if (known === undefined) return this.#keep(token, 'unknown');
    if (typeof known === 'string') return this.#keep(token, known);
    if (!this.#covers(known, path)) return this.#keep(token, 'not granted');
    const count = (this.revealed.get(token)?.count ?? 0) + 1;
    const { value, label, scope } = known;
    this.revealed.set(token, { token, value, label, scope, count });
    return known;
  }

  #keep(token: string, why: KeptReason): undefined {
    if (this.kept.size < MAX_KEPT) this.kept.set(token, { token, why });
    return undefined;
  }

  #keepAll(text: string): string {
    for (const { token } of findSentTokens(text)) this.#keep(token, 'not granted');
    return text;
  }
}

interface Member {
  readonly name: string;
  readonly shownName: string;
  readonly value: Json;
}

/** Two names may stand for one: then all stay, for no reader could tell which of the members is meant. */
function withNames(members: readonly Member[]): Json {
  const names = new Set(members.map(({ shownName }) => shownName));
  const clear = names.size === members.length;
  // Object.fromEntries defines members, so one that is named __proto__ stays an ordinary one.
  return Object.fromEntries(
    members.map(({ name, shownName, value }) => [clear ? shownName : name, value]),
  );
}

/** True of a token that is all of a text, and no part of a URL. */
function isWhole({ start, end, inUrl }: SentToken, text: string): boolean {
  return start === 0 && end === text.length && !inUrl;
}

function inUrlText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** How a value stands inside a text. */
export function asText(value: Json): string {
  if (typeof value === 'string') return value;
  return isRawNumber(value) ? value.rawJSON : JSON.stringify(value);
}
