import type { Mark, SecretKind } from './mark.ts';
import { wordBegins } from './word-begins.ts';

/** Where marks of one kind stand in a text: an index and a number of a mark, in turn, ascending by index. */
export type Hits = readonly number[];

interface Entry {
  readonly kind: number;
  readonly mark: number;
  readonly lower: string;
  readonly upper: string;
  /** Where in the word the three characters stand that lead here. */
  readonly offset: number;
  readonly inside: boolean;
}

const NONE: Hits = [];
/** Five bits for each of three characters. */
const SHIFT = 5;
const MASK = (1 << (3 * SHIFT)) - 1;
/** Pairs that most prose and code is made of: a word is found by three other characters of its where it can be. */
const COMMON = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de ri ro ic ' +
    'ne ea ra ce li ch ll be ma si om ur ss na id am us ty'
  ).split(' '),
);

/**
 * Looks for the marks of all kinds in one pass, which costs the same for a thousand words as for one: each three
 * characters in a row lead to the few words that have them.
 */
export class MarkSearch {
  readonly #threes = new Uint16Array(MASK + 1);
  readonly #entries: Entry[][] = [[]];
  readonly #kinds: number;
  // Every kind asks for the same text in turn. The same string is equal by its address, so asking costs nothing.
  #text = '';
  #hits: readonly Hits[];

  constructor(kinds: readonly SecretKind[]) {
    this.#kinds = kinds.length;
    this.#hits = kinds.map(() => NONE);
    for (const [kind, { marks }] of kinds.entries()) {
      for (const [index, mark] of marks.entries()) this.#add(kind, index, mark);
    }
  }

  /** Where marks of a kind stand. */
  hits(text: string, kind: number): Hits {
    if (text !== this.#text) {
      this.#hits = this.#look(text);
      this.#text = text;
    }
    return this.#hits[kind] ?? NONE;
  }

  #add(kind: number, index: number, { word, anyCase, inside }: Mark): void {
    const lower = anyCase ? word.toLowerCase() : word;
    const upper = anyCase ? word.toUpperCase() : word;
    if (lower.length !== upper.length || word.length < 3) throw new RangeError(word);
    const offset = rarest(lower);
    const entry: Entry = { kind, mark: index, lower, upper, offset, inside: inside === true };
    for (const place of placesOf(lower, upper, offset)) {
      if (this.#threes[place] === 0) this.#threes[place] = this.#entries.push([]) - 1;
      this.#entries[this.#threes[place] ?? 0]?.push(entry);
    }
  }

  #look(text: string): readonly Hits[] {
    const threes = this.#threes;
    const { length } = text;
    let hits: (number[] | undefined)[] | undefined;
    let place = 0;
    for (let i = 0; i < length; i++) {
      place = ((place << SHIFT) ^ text.charCodeAt(i)) & MASK;
      const found = threes[place] as number;
      if (found === 0 || i < 2) continue;
      const entries = this.#entries[found] as Entry[];
      for (let e = 0; e < entries.length; e++) {
        const entry = entries[e] as Entry;
        const at = i - 2 - entry.offset;
        if (at < 0 || !standsAt(text, at, entry)) continue;
        hits ??= new Array<number[] | undefined>(this.#kinds).fill(undefined);
        const known = hits[entry.kind];
        if (known === undefined) hits[entry.kind] = [at, entry.mark];
        else known.push(at, entry.mark);
      }
    }
    return hits ? hits.map((found) => (found ? ascending(found) : NONE)) : [];
  }
}

/** The places in the table of three characters of a word, in upper and lower case. */
function placesOf(lower: string, upper: string, offset: number): Set<number> {
  let places = new Set([0]);
  for (let i = offset; i < offset + 3; i++) {
    const next = new Set<number>();
    for (const place of places) {
      next.add(((place << SHIFT) ^ lower.charCodeAt(i)) & MASK);
      next.add(((place << SHIFT) ^ upper.charCodeAt(i)) & MASK);
    }
    places = next;
  }
  return places;
}

function standsAt(text: string, at: number, { lower, upper, inside }: Entry): boolean {
  for (let i = 0; i < lower.length; i++) {
    const code = text.charCodeAt(at + i);
    if (code !== lower.charCodeAt(i) && code !== upper.charCodeAt(i)) return false;
  }
  return inside || wordBegins(text, at);
}

/** Words are found by their beginning or their end, so the order of hits may not be that of the words. */
function ascending(hits: readonly number[]): Hits {
  for (let i = 2; i < hits.length; i += 2) {
    if ((hits[i] as number) < (hits[i - 2] as number)) return sorted(hits);
  }
  return hits;
}

function sorted(hits: readonly number[]): Hits {
  const couples = Array.from({ length: hits.length / 2 }, (_, i) => i * 2);
  couples.sort((a, b) => (hits[a] as number) - (hits[b] as number));
  return couples.flatMap((i) => [hits[i] as number, hits[i + 1] as number]);
}

/** Where in a word the three characters begin that are seldom seen elsewhere. */
function rarest(word: string): number {
  let best = 0;
  let most = -1;
  for (let i = 0; i < word.length - 2; i++) {
    let rare = rarity(word, i) + rarity(word, i + 1) + rarity(word, i + 2) + 4;
    for (let pair = i; pair < i + 2; pair++) if (COMMON.has(word.slice(pair, pair + 2))) rare -= 2;
    if (rare > most) [best, most] = [i, rare];
  }
  return best;
}

function rarity(word: string, index: number): number {
  const character = word.charAt(index);
  if (/[jqxzwkvy]/.test(character)) return 2;
  return /[a-z]/.test(character) ? 0 : /[-_/: .]/.test(character) ? 1 : 3;
}
