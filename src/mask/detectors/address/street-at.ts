import type { Span } from '../../detector.ts';
import { isMonth } from '../birth/date-at.ts';
import { isDigit } from '../context/ascii.ts';
import { CAPITAL, LETTER, letterKind } from '../context/letter-kind.ts';
import { mayBeStreet, mayBeStreetAfter } from './street-hint.ts';
import {
  STREET_ENDINGS,
  STREETS_AFTER,
  STREETS_BEFORE,
  STREETS_BETWEEN,
  UNIT_WORDS,
  WEAK_AFTER,
  WEAK_ENDINGS,
} from './street-words.ts';
import { placeAfter } from './town-at.ts';

/** A street with the number of a house. */
export interface Street extends Span {
  /** False where only a postcode and a town after it would make it an address. */
  readonly certain: boolean;
}

const MAX_NAME = 60;
/** A name's words: with capitals, or particles (`de la`), or ordinals (`5th`). */
const WORDS_AFTER =
  /[a-zA-Z]?(?: ?[-/] ?\d{1,4}[a-zA-Z]?)?(?: (?:bis|ter|quater))?,? ((?:(?:\p{Lu}[\p{L}\p{M}.'’-]*|\d{1,3}(?:st|nd|rd|th)|de|du|des|la|le|les|of|the|l['’]\p{L}+|d['’]\p{L}+|rue|avenue|boulevard|place|quai|chemin|impasse|allée|route|cours|passage)(?!\p{L})[ ]?){1,6})/uy;
const UNIT =
  /(?:,? (?:Apt|Suite|Apartment|Unit|Floor|Flat|Ste|Room|Appt|App|Apto|Piso|Zimmer|Wohnung|Whg|Hus|Lgh|kv|byt|Daire|Kat|bus|bte|Interno|Int|Puerta|Esc|Apartamento|Casa|Bloco|Lote|lok|m|кв|корп|стр)\.? ?#?\d{1,5}[A-Za-z]?| [IVX]{1,4}(?![\p{L}\d])){1,2}(?: \d (?:hoog|OG|UG))?/uy;
const WORDS_BEFORE =
  /(?<![\p{L}\p{N}.])((?=\p{Lu}|(?:ul|al|os|pl|rynek|ogród|ул|пл|пр|пер|бул|наб|ш|улица|площадь|проспект|nám|calle|via|rua)[ .])(?:(?:\p{Lu}[\p{L}\p{M}'’-]*|ul|al|os|pl|rynek|ogród|ул|пл|пр|пер|бул|наб|ш|улица|площадь|проспект|de|del|della|dei|di|da|do|dos|das|d['’]|la|el|los|las|van|den|der|zum|zur|am|an|im|in|auf|náměstí|nám|ulice|třída|nábřeží|utca|tér|körút|calle|via|rua|C\/)(?:\.(?: |(?=\p{Lu})|$)|[ /]|$)){1,7})$/u;
const BEFORE_NUMBER = /(?:,? (?:n[º°.]? ?|nr\.? |No[.:]? |№ ?|д\. ?)?|,)$/u;
const NUMBER_END =
  /\d{1,5}(?: ?[a-zA-Z](?![\p{L}\d]))?(?: ?[-/] ?\d{1,4}[a-zA-Z]?)?(?![\p{L}\d])/uy;

/** The streets whose house may have the number that stands at `index`, the likelier one first. */
export function streetsAt(text: string, index: number, length: number, floor: number): Street[] {
  const first = mayGoOn(text, index + length) ? numberFirst(text, index, length) : undefined;
  if (first?.certain === true) return [first];
  // `Rua Augusta 7, São Paulo`: what comes after a number may be the town.
  const last = length <= 5 ? numberLast(text, index, floor) : undefined;
  if (last?.certain === true) return [last];
  return [first, last].filter((street) => street !== undefined);
}

/** True where a name may follow: what stands behind a house's number is told by a glance. */
function mayGoOn(text: string, end: number): boolean {
  const next = codeAt(text, end);
  const then = codeAt(text, end + 1);
  if (next === BLANK) return isHyphen(then) ? mayBeRange(text, end + 2) : beginsName(text, end + 1);
  if (next === COMMA) return then === BLANK && beginsName(text, end + 2);
  if (isHyphen(next)) return mayBeRange(text, end + 1);
  return isLetter(next) && (then === BLANK || then === COMMA || isHyphen(then));
}

function codeAt(text: string, index: number): number {
  return index < text.length ? text.charCodeAt(index) : 0;
}

/** `12-14 Main Street`: more digits, and a blank behind. */
function mayBeRange(text: string, from: number): boolean {
  let at = codeAt(text, from) === BLANK ? from + 1 : from;
  const digits = at;
  while (isDigit(codeAt(text, at)) && at - digits <= MAX_RANGE) at++;
  if (at === digits) return false;
  const next = codeAt(text, at);
  return next === BLANK || next === COMMA || isLetter(next);
}

const [BLANK, COMMA, MAX_RANGE] = [0x20, 0x2c, 4];
/** How words of a name in small letters begin, and `bis`, `ter`: the two letters side by side. */
const SMALL_BEGINNINGS: ReadonlySet<number> = new Set(
  "de du d' d’ la le l' l’ of th ru av bo pl qu ch im al ro co pa bi te"
    .split(' ')
    .map((pair) => pair.charCodeAt(0) * 2 ** 16 + pair.charCodeAt(1)),
);

function beginsName(text: string, index: number): boolean {
  const code = codeAt(text, index);
  const kind = letterKind(code);
  if ((kind & CAPITAL) !== 0) return true;
  return (kind & LETTER) !== 0 && SMALL_BEGINNINGS.has(code * 2 ** 16 + codeAt(text, index + 1));
}

function isHyphen(code: number): boolean {
  return code === 0x2d || code === 0x2f;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code >= 0xc0;
}

function numberFirst(text: string, index: number, length: number): Street | undefined {
  WORDS_AFTER.lastIndex = index + length;
  const found = WORDS_AFTER.exec(text);
  if (found === null) return undefined;
  const from = WORDS_AFTER.lastIndex - (found[1] ?? '').length;
  // Nothing that is looked at with more care would come of it.
  if (!mayBeStreetAfter(text, from, WORDS_AFTER.lastIndex)) {
    const end = unitEnd(text, from + (found[1] ?? '').trimEnd().length);
    if (!placeAfter(text, end).sure) return undefined;
  }
  const words = wordsOf(found[1] ?? '');
  if (STREETS_BEFORE.has(plain(words[0])) && words.length > 1) {
    return { start: index, end: from + (found[1] ?? '').trimEnd().length, certain: true };
  }
  // The last word for a street ends it: what comes after belongs to the town.
  for (let count = words.length; count > 1; count--) {
    const kind = plain(words[count - 1]);
    if (!STREETS_AFTER.has(kind)) continue;
    const end = unitEnd(text, roadEnd(text, from + lengthOf(found[1] ?? '', count), kind));
    const product = DRIVES.has(`${plain(words[count - 2])} ${kind}`);
    return { start: index, end, certain: !WEAK_AFTER.has(kind) && !product };
  }
  const unit = words.findIndex((word) => UNIT_WORDS.has(plain(word)));
  const count = unit === -1 ? words.length : unit;
  if (count < 2 && !GROWN_AFTER.test(plain(words[0]))) return undefined;
  return {
    start: index,
    end: unitEnd(text, from + lengthOf(found[1] ?? '', count)),
    certain: false,
  };
}

/** Where files are: `3 Google Drive folders`. */
const DRIVES: ReadonlySet<string> = new Set(
  ['google', 'one', 'hard', 'flash', 'usb', 'shared', 'test', 'disk'].map(
    (kind) => `${kind} drive`,
  ),
);
/** English, grown together: `153 Kingsway`. */
const GROWN_AFTER = /[a-z]{3}(?:way|gate|side|croft|mead)$/;
/** `167 County Road 12` */
function roadEnd(text: string, end: number, kind: string): number {
  ROAD_NUMBER.lastIndex = end;
  return NUMBERED.has(kind) && ROAD_NUMBER.test(text) ? ROAD_NUMBER.lastIndex : end;
}

const NUMBERED: ReadonlySet<string> = new Set(['road', 'rd', 'highway', 'hwy', 'route']);
const ROAD_NUMBER = / \d{1,4}[A-Z]?(?=,|$|\n)/y;

function unitEnd(text: string, end: number): number {
  UNIT.lastIndex = end;
  return UNIT.test(text) ? UNIT.lastIndex : end;
}

/** As far back as the name of a street may reach: to the digit, line or bracket before. */
function nameFloor(text: string, index: number, floor: number): number {
  const least = Math.max(floor, index - MAX_NAME);
  let at = index;
  // `Lale Sokak No: 7`
  if (text.charCodeAt(at - 2) === 0x3a && /no$/i.test(text.slice(Math.max(least, at - 4), at - 2)))
    at = Math.max(least, at - 4);
  while (at > least && !PARTS.has(text.charCodeAt(at - 1))) at--;
  return at;
}

const PARTS: ReadonlySet<number> = new Set(
  [...'0123456789\n\r\t:;()[]{}<>|"='].map((sign) => sign.charCodeAt(0)),
);

/** True where the word that ends here begins with a capital, or is as short as `no` and `nr.`. */
function mayBeName(text: string, end: number, floor: number, orMonth: boolean): boolean {
  let at = end - 1;
  const last = text.charCodeAt(at);
  if (last === 0xba || last === 0xb0) return true;
  if (last === 0x2e) at--;
  const from = at;
  while (at >= floor && from - at < MAX_NAME && isLetter(text.charCodeAt(at))) at--;
  if (at === from) return false;
  const first = text.charCodeAt(at + 1);
  if (from - at <= 2) return true;
  const word = text.slice(at + 1, from + 1);
  if (first < 0x5b || first >= 0xc0) return orMonth || !isMonth(word);
  return STREETS_BETWEEN.has(word);
}

function numberLast(text: string, index: number, floor: number): Street | undefined {
  const before = text.charCodeAt(index - 1);
  if (before !== 0x20 && before !== 0x2c && before !== 0xba && before !== 0xa0) return undefined;
  const comma = before === 0x20 && text.charCodeAt(index - 2) === 0x2c;
  const colon = before === 0x20 && text.charCodeAt(index - 2) === 0x3a;
  const nameEnd = comma || colon ? index - 2 : index - 1;
  // `Rua Sete de Setembro, 219`; but `September, 2019`
  if (!mayBeName(text, nameEnd, floor, comma && !isDigit(text.charCodeAt(index + 3))))
    return undefined;
  NUMBER_END.lastIndex = index;
  if (!NUMBER_END.test(text)) return undefined;
  const end = NUMBER_END.lastIndex;
  const from = nameFloor(text, index, floor);
  // Nothing that is looked at with more care would come of it.
  if (!mayBeStreet(text, from, index) && !placeAfter(text, unitEnd(text, end)).sure)
    return undefined;
  const head = text.slice(from, index);
  const gap = BEFORE_NUMBER.exec(head);
  const name = gap === null ? null : WORDS_BEFORE.exec(head.slice(0, gap.index));
  if (gap === null || name === null) return undefined;
  const start = index - head.length + name.index;
  const words = wordsOf(name[1] ?? '');
  const kind = words.findIndex((word) => STREETS_BEFORE.has(plain(word)) || plain(word) === 'c/');
  if (kind !== -1 && kind < words.length - 1) {
    return {
      start: start + lengthOf(name[1] ?? '', kind, true),
      end: unitEnd(text, end),
      certain: !COMMON.has(words[kind] ?? ''),
    };
  }
  // `Copyright 2013, 2018 Free Software Foundation`: years and what follows are no house and town.
  if (YEAR.test(text.slice(index, end))) return undefined;
  const last = plain(words.at(-1));
  const grown = STREET_ENDINGS.test(last) && last.length > 4 && !WEAK_ENDINGS.test(last);
  if (grown || (words.length > 1 && STREETS_BETWEEN.has(last)))
    return { start, end, certain: true };
  return { start, end: unitEnd(text, end), certain: false };
}

/** Words of English, written so, that are words for streets elsewhere: `via RFC 9728`. */
const COMMON: ReadonlySet<string> = new Set(['via', 'os', 'pl', 'al']);
const YEAR = /^(?:19|20)\d\d$/;

function wordsOf(name: string): string[] {
  return name.trim().split(' ');
}

/** As long as the first words of a name are, with the blank after them or without. */
function lengthOf(name: string, words: number, blank = false): number {
  const kept = name.split(' ').slice(0, words).join(' ').length;
  return blank && words > 0 ? kept + 1 : kept;
}

function plain(word = ''): string {
  return word.toLowerCase().replace(/[.,]$/, '');
}
