import type { Span } from '../detector.ts';
import { isMonth } from './date-at.ts';
import {
  STREET_ENDINGS,
  STREETS_AFTER,
  STREETS_BEFORE,
  STREETS_BETWEEN,
  WEAK_AFTER,
} from './street-words.ts';

/** A street with the number of a house. */
export interface Street extends Span {
  /** False where only a postcode and a town after it would make it an address. */
  readonly certain: boolean;
}

const MAX_NAME = 60;
/** A name's words: with capitals, or particles (`de la`), or ordinals (`5th`). */
const WORDS_AFTER =
  /[a-zA-Z]?(?: ?[-/] ?\d{1,4}[a-zA-Z]?)?(?: (?:bis|ter|quater))?,? ((?:(?:\p{Lu}[\p{L}\p{M}.'’-]*|\d{1,3}(?:st|nd|rd|th)|de|du|des|la|le|les|of|the|l['’]\p{L}+|d['’]\p{L}+|rue|avenue|boulevard|place|quai|chemin|impasse|allée|route|cours|passage)[ ]?){1,6})/uy;
const UNIT =
  /(?:,? (?:Apt|Suite|Apartment|Unit|Floor|Flat|Ste|Room|Appt|App|Apto|Piso|Zimmer|Wohnung|Whg|Hus|Lgh|kv|byt|Daire|Kat|bus|bte|Interno|Int|Puerta|Esc|Apartamento|Casa|Bloco|Lote|lok|m|кв|корп|стр)\.? ?#?\d{1,5}[A-Za-z]?| [IVX]{1,4}(?![\p{L}\d])){1,2}(?: \d (?:hoog|OG|UG))?/uy;
const WORDS_BEFORE =
  /(?<![\p{L}\p{N}.])((?=\p{Lu}|(?:ul|al|os|pl|rynek|ogród|ул|пл|пр|пер|бул|наб|ш|улица|площадь|проспект|nám|calle|via|rua)[ .])(?:(?:\p{Lu}[\p{L}\p{M}'’-]*|ul|al|os|pl|rynek|ogród|ул|пл|пр|пер|бул|наб|ш|улица|площадь|проспект|de|del|della|dei|di|da|do|dos|das|d['’]|la|el|los|las|van|den|der|zum|zur|am|an|im|in|auf|nám|calle|via|rua|C\/)(?:\.(?: |(?=\p{Lu})|$)|[ /]|$)){1,7})$/u;
const BEFORE_NUMBER = /(?:,? (?:n[º°.]? ?|nr\.? |No\.? |№ ?|д\. ?)?|,)$/u;
const NUMBER_END =
  /\d{1,5}(?: ?[a-zA-Z](?![\p{L}\d]))?(?: ?[-/] ?\d{1,4}[a-zA-Z]?)?(?![\p{L}\d])/uy;

/** The street whose house has the number that stands at `index`. */
export function streetAt(
  text: string,
  index: number,
  length: number,
  floor: number,
): Street | undefined {
  const first = mayGoOn(text, index + length) ? numberFirst(text, index, length) : undefined;
  return first ?? (length <= 5 ? numberLast(text, index, floor) : undefined);
}

/** True where a letter stands near behind: what follows a house's number at once is told by a glance. */
function mayGoOn(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (next === 0x20)
    return isLetter(text.charCodeAt(end + 1)) || isHyphen(text.charCodeAt(end + 1));
  if (next === 0x2c) return text.charCodeAt(end + 1) === 0x20 && isLetter(text.charCodeAt(end + 2));
  return isHyphen(next) || (isLetter(next) && !isLetter(text.charCodeAt(end + 1)));
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
  const words = wordsOf(found[1] ?? '');
  if (STREETS_BEFORE.has(plain(words[0])) && words.length > 1) {
    return { start: index, end: from + (found[1] ?? '').trimEnd().length, certain: true };
  }
  // The last word for a street ends it: what comes after belongs to the town.
  for (let count = words.length; count > 1; count--) {
    const kind = plain(words[count - 1]);
    if (!STREETS_AFTER.has(kind)) continue;
    const end = unitEnd(text, from + lengthOf(found[1] ?? '', count));
    return { start: index, end, certain: !WEAK_AFTER.has(kind) };
  }
  const unit = words.findIndex((word) => UNIT_WORDS.has(plain(word)));
  const count = unit === -1 ? words.length : unit;
  if (count < 2) return undefined;
  return {
    start: index,
    end: unitEnd(text, from + lengthOf(found[1] ?? '', count)),
    certain: false,
  };
}

const UNIT_WORDS: ReadonlySet<string> = new Set(['apt', 'suite', 'unit', 'flat', 'floor', 'room']);

function unitEnd(text: string, end: number): number {
  UNIT.lastIndex = end;
  return UNIT.test(text) ? UNIT.lastIndex : end;
}

/** As far back as the name of a street may reach: to the digit, line or bracket before. */
function nameFloor(text: string, index: number, floor: number): number {
  const least = Math.max(floor, index - MAX_NAME);
  let at = index;
  while (at > least && !PARTS.has(text.charCodeAt(at - 1))) at--;
  return at;
}

const PARTS: ReadonlySet<number> = new Set(
  [...'0123456789\n\r\t:;()[]{}<>|"='].map((sign) => sign.charCodeAt(0)),
);

/** True where the word that ends here begins with a capital, or is as short as `no` and `nr.`. */
function mayBeName(text: string, end: number, floor: number): boolean {
  let at = end - 1;
  const last = text.charCodeAt(at);
  if (last === 0xba || last === 0xb0) return true;
  if (last === 0x2e) at--;
  const from = at;
  while (at >= floor && from - at < MAX_NAME && isLetter(text.charCodeAt(at))) at--;
  if (at === from) return false;
  const first = text.charCodeAt(at + 1);
  if (from - at <= 2) return true;
  return (first < 0x5b || first >= 0xc0) && !isMonth(text.slice(at + 1, from + 1));
}

function numberLast(text: string, index: number, floor: number): Street | undefined {
  const before = text.charCodeAt(index - 1);
  if (before !== 0x20 && before !== 0x2c && before !== 0xba && before !== 0xa0) return undefined;
  const comma = before === 0x20 && text.charCodeAt(index - 2) === 0x2c;
  if (!mayBeName(text, comma ? index - 2 : index - 1, floor)) return undefined;
  const head = text.slice(nameFloor(text, index, floor), index);
  const gap = BEFORE_NUMBER.exec(head);
  const name = gap === null ? null : WORDS_BEFORE.exec(head.slice(0, gap.index));
  if (gap === null || name === null) return undefined;
  NUMBER_END.lastIndex = index;
  if (!NUMBER_END.test(text)) return undefined;
  const end = NUMBER_END.lastIndex;
  const start = index - head.length + name.index;
  const words = wordsOf(name[1] ?? '');
  const from = words.findIndex((word) => STREETS_BEFORE.has(plain(word)) || plain(word) === 'c/');
  if (from !== -1 && from < words.length - 1) {
    return {
      start: start + lengthOf(name[1] ?? '', from, true),
      end: unitEnd(text, end),
      certain: true,
    };
  }
  const last = plain(words.at(-1));
  const grown = STREET_ENDINGS.test(last) && last.length > 4;
  if (grown || (words.length > 1 && STREETS_BETWEEN.has(last)))
    return { start, end, certain: true };
  return { start, end: unitEnd(text, end), certain: false };
}

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
