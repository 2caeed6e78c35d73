import { ownCopy } from '../context/own-copy.ts';
import { foldName } from './fold-name.ts';
import { foldWord, letters } from './folded-word.ts';
import {
  BEFORE_NAMES,
  BRANDS,
  CALLS,
  FIRST_TOO,
  GREETINGS,
  LAST_TOO,
  NO_PERSON,
  NOBODY,
  ROLES,
  TITLES,
} from './name-words.ts';
import { firstNames } from './names-data/first-names.ts';
import { lastNames } from './names-data/last-names.ts';
import { WordTable } from './word-table.ts';

/** What a word with a capital may be, as bits. */
export const FIRST = 1;
export const LAST = 2;
/** A first or a last name that is also a word, a place or a product. */
export const FIRST_WORD = 4;
export const LAST_WORD = 8;
/** Makes something else than a person of what it stands in. */
export const THING = 16;
export const TITLE = 32;
export const GREETING = 64;
export const NO_ONE = 128;
/** A person by what they are (`patient`): a full name may follow. */
export const ROLE = 256;
/** A party that may be no person, or a verb (`call`): a full name may follow, if a word of it is known as one. */
export const PARTY = 2048;
/** A title that stands in small letters too. */
export const SMALL_TITLE = 512;
/** Begins the name of a brand or an institution that is called after a person. */
export const BRAND = 4096;

let flags: ReadonlyMap<string, number> | undefined;

function flagged(): ReadonlyMap<string, number> {
  const made = new Map<string, number>();
  const add = (words: Iterable<string>, flag: number) => {
    for (const word of words) if (word !== '') made.set(word, (made.get(word) ?? 0) | flag);
  };
  add(firstNames.split(/\s/), FIRST);
  add(lastNames.split(/\s/), LAST);
  add(FIRST_TOO, FIRST_WORD);
  add(LAST_TOO, LAST_WORD);
  add(NO_PERSON, THING);
  add(TITLES, TITLE);
  add(GREETINGS, GREETING);
  add(NOBODY, NO_ONE);
  add(ROLES, ROLE);
  add(CALLS, PARTY);
  add(BEFORE_NAMES, SMALL_TITLE);
  for (const brand of BRANDS) add(brand.split('-', 1), BRAND);
  return made;
}

/** What a folded word may be; 0 for one that nobody knows. */
export function flagsOf(name: string): number {
  flags ??= flagged();
  const known = flags.get(name);
  if (known !== undefined) return known;
  if (name.includes('-')) return flagsOfParts(name, flags);
  // `Nováková`, `Орлова`, `Kowalska`: women's forms of last names.
  const tail = name.length > 4 ? name.slice(-3) : '';
  if (tail !== 'ova' && tail !== 'eva' && tail !== 'ina' && tail !== 'ska') return patronymic(name);
  const stem = name.slice(0, -1);
  for (const form of [stem, `${stem}i`, `${stem}y`, name.slice(0, -3)]) {
    if (((flags.get(form) ?? 0) & LAST) !== 0) return LAST;
  }
  return 0;
}

/** A Russian patronymic, which nothing but a person has. */
export const PATRONYMIC = 1024;
function patronymic(name: string): number {
  return name.length > 6 && /(?:[oe]vich|[oe]vna|ichna)$/.test(name) ? PATRONYMIC : 0;
}

function flagsOfParts(name: string, known: ReadonlyMap<string, number>): number {
  const parts = name.split('-').map((part) => known.get(part) ?? 0);
  const first = parts.every((part) => (part & FIRST) !== 0) ? FIRST : 0;
  return first | (parts.some((part) => (part & LAST) !== 0) ? LAST : 0);
}

const MAX_REMEMBERED = 8_192;
const remembered = new Map<string, number>();

/** The same of a word as it is written; words that come again are remembered. */
export function flagsOfWritten(word: string): number {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const made = flagsOf(foldName(word));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(ownCopy(word), made);
  return made;
}

let table: WordTable | undefined;
const HYPHEN = 0x2d;
const [A, V] = [0x61, 0x76];

/** The same of a word of a text, without making a string of it but for the few that are looked at closer. */
export function flagsAt(text: string, from: number, to: number): number {
  flags ??= flagged();
  table ??= new WordTable(flags);
  const length = foldWord(text, from, to);
  if (length < 0) return flagsOfWritten(text.slice(from, to));
  const known = table.get(0, length);
  if (known >= 0) return known;
  if (length > 4 && isInflected(length)) return flagsOfWritten(text.slice(from, to));
  for (let i = 0; i < length; i++)
    if (letters[i] === HYPHEN) return flagsOfWritten(text.slice(from, to));
  return 0;
}

/** Told by a glance: women's forms end with an `a` behind `v`, `n` or `k`, patronymics with `ich` or `na`. */
function isInflected(length: number): boolean {
  const [last, before] = [letters[length - 1], letters[length - 2] ?? 0];
  if (last === A) return before === V || before === 0x6e || before === 0x6b;
  return last === 0x68 && before === 0x63;
}
