import type { Span } from '../../detector.ts';
import { isBrand } from './brand.ts';
import type { CapitalRun, CapitalWord } from './capital-runs.ts';
import {
  BRAND,
  FIRST,
  FIRST_WORD,
  GREETING,
  LAST,
  LAST_WORD,
  NO_ONE,
  PARTY,
  PATRONYMIC,
  ROLE,
  SMALL_TITLE,
  THING,
  TITLE,
} from './word-flags.ts';

/** How a run of capitals stands in its text. */
export interface Place {
  /** Something beside it says that a person is meant: a line of its own after a closing, an e-mail's address behind. */
  readonly person: boolean;
  /** What comes right behind, one character. */
  readonly next: string;
  /** What the word in front may be: `dhr` in `dhr. Jansen`. */
  readonly before: number;
}

const MAX_NAMES = 6;
const GREETED_MOST = 4;

/** The person that a run of words with capitals names, with the title left out; undefined where it names none. */
export function personIn(run: CapitalRun, place: Place): Span | undefined {
  let words = run;
  if ((place.before & (ROLE | PARTY)) !== 0) return follows(words, place.before);
  let addressed = (place.before & SMALL_TITLE) !== 0;
  const greeted = is(words[0], GREETING);
  if (greeted || (place.before & GREETING) !== 0) {
    if (greeted) words = words.slice(1);
    if (!is(words[0], TITLE) && words.some((word) => is(word, NO_ONE))) return undefined;
    // `Hello World Program`: a greeting ends after the name.
    addressed ||= words.length <= GREETED_MOST && /^[,!:\n\r.]?$/.test(place.next);
  }
  const role = words.findIndex((word) => is(word, ROLE | PARTY));
  if (role !== -1 && role < words.length - 2) {
    return follows(words.slice(role + 1), words[role]?.flags ?? 0);
  }
  let titles = 0;
  while (is(words[titles], TITLE) && !isMember(words[titles], words[titles + 1])) titles++;
  if (titles > 0) words = words.slice(titles);
  if (words.length === 0) return undefined;
  // `Contact Leo Xu (leo@…)`
  if (place.person && words.length > 2 && is(words[0], THING)) return called(words.slice(1), 2);
  return addressed || titles > 0 || place.person ? called(words, 1) : known(words);
}

/** `M.Pair`: a letter and what code calls after it are no title and name. */
function isMember(word: CapitalWord | undefined, next: CapitalWord | undefined): boolean {
  return word?.text.length === 1 && next !== undefined && next.start - word.end < 2;
}

function is(word: CapitalWord | undefined, flag: number): boolean {
  return word !== undefined && (word.flags & flag) !== 0;
}

/** Asked by a glance first: few words begin a brand's name. */
function areBrand(words: CapitalRun): boolean {
  const may = words.some((word) => is(word, BRAND) || word.text.includes('-'));
  return may && isBrand(words.map(({ text }) => text));
}

/** The words up to the first that is of no person, if there are enough: somebody is called so. */
function called(words: CapitalRun, least: number): Span | undefined {
  const stop = words.findIndex((word) => is(word, THING) || isAcronym(word));
  const names = words.slice(0, stop === -1 ? 5 : Math.min(stop, 5));
  // `MS IE 6`
  if (names.length === 1 && names.every(({ text }) => text.length < 3 && shouts(text)))
    return undefined;
  if (names.length < least || names.every(({ text }) => text.length === 1)) return undefined;
  return areBrand(words) ? undefined : spanOf(names);
}

/** Who stands after a role; after a party only with a word that is a name (`Client Initiated Flow` has none). */
function follows(words: CapitalRun, before: number): Span | undefined {
  const named = words.some((word) => is(word, FIRST | LAST | PATRONYMIC));
  return named || (before & ROLE) !== 0 ? (called(words, 2) ?? known(words)) : undefined;
}

function isAcronym(word: CapitalWord): boolean {
  return word.text.length > 2 && shouts(word.text) && !is(word, FIRST | LAST);
}

/** A first and a last name side by side, as the dictionary knows them. */
function known(words: CapitalRun): Span | undefined {
  for (let i = 0; i < words.length - 1; i++) {
    const length = personLength(words, i);
    if (length === 0) continue;
    if (is(words[i + length], THING) || areBrand(words)) return undefined;
    // `St George Ward`, `Sainte Anne Clinic`
    if (SAINT.test(words[i - 1]?.text ?? '')) return undefined;
    return spanOf(words.slice(i, i + length));
  }
  return undefined;
}

const SAINT = /^(?:St|Ste|Saint|Sainte|Sankt|Santo)$/;

/** How many words from here on make a person's name; 0 for none. */
function personLength(words: CapitalRun, from: number): number {
  const one = words[from];
  let at = from + 1;
  // `John F. Kennedy`
  while (words[at]?.text.length === 1 && at < words.length - 1) at++;
  const two = words[at];
  if (one === undefined || two === undefined || !begins(one, two)) return 0;
  for (at++; at - from < MAX_NAMES; at++) {
    const next = words[at];
    if (next === undefined || is(next, THING | TITLE | GREETING)) break;
    // After two first names a last one may come that nobody knows.
    const open = is(words[at - 1], FIRST) && !is(words[at - 1], LAST);
    if (!is(next, FIRST | LAST) && !open) break;
  }
  return at - from;
}

function begins(one: CapitalWord, two: CapitalWord): boolean {
  if (((one.flags | two.flags) & THING) !== 0) return false;
  const either = one.flags | two.flags;
  if ((either & (FIRST | LAST | PATRONYMIC)) === 0) return false;
  const first = is(one, FIRST);
  const last = is(two, LAST);
  if (shouts(one.text) || shouts(two.text)) {
    return first && last && !is(one, FIRST_WORD) && !is(two, LAST_WORD);
  }
  if (first && last) return !(is(one, FIRST_WORD) && is(two, LAST_WORD));
  if (first && !is(one, FIRST_WORD)) return two.text.length > 1 && !is(two, TITLE);
  if ((either & PATRONYMIC) !== 0) return true;
  if (last && !is(two, LAST_WORD) && mayBeFirst(one)) return true;
  // `Tanaka Keiko`, `Орлова Анна`: the last name in front.
  return is(one, LAST) && !is(one, LAST_WORD) && isFirstOnly(two);
}

function isFirstOnly(word: CapitalWord): boolean {
  return is(word, FIRST) && !is(word, FIRST_WORD);
}

/** A first name that nobody knows, in front of a last one that is nothing else. */
function mayBeFirst(word: CapitalWord): boolean {
  return word.text.length > 2 && !is(word, TITLE | LAST_WORD | ROLE | PARTY | GREETING);
}

function shouts(text: string): boolean {
  const second = text.charCodeAt(1);
  // Most words are told by their second letter.
  if (second >= 0x61 && second <= 0x7a) return false;
  return text.length > 1 && text === text.toUpperCase();
}

function spanOf(words: CapitalRun): Span | undefined {
  const [first, last] = [words[0], words.at(-1)];
  return first && last ? { start: first.start, end: last.end } : undefined;
}
